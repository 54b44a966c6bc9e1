import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type Answer, openTerminal, terminalKinds } from '../support/typed-terminal.ts'
import { emptySite } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')
const hasTerminal = terminalKinds().includes('pty')

/** Types a command line in a folder, and answers at a terminal; the last keys may be none to type Enter behind. */
async function talk(
  t: TestContext,
  files: Record<string, string>,
  steps: [line: string, ...answers: Answer[]][],
) {
  const { folder, env } = emptySite(t, files)
  const bin = path.join(env.HOME as string, 'bin')
  fs.mkdirSync(bin)
  fs.writeFileSync(path.join(bin, 'codex'), '#!/bin/sh\necho codex-cli 0.46.2\n', { mode: 0o755 })
  fs.writeFileSync(path.join(bin, 'gemini'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  fs.writeFileSync(path.join(bin, 'sparkq'), `#!/bin/sh\nexec ${process.execPath} ${door} "$@"\n`, {
    mode: 0o755,
  })
  const place = { cwd: folder, env: { ...env, PATH: `${bin}:${env.PATH}` }, own: env.TMPDIR as string }
  const terminal = await openTerminal('pty', place)
  t.after(() => terminal.close())
  const shown = []
  for (const [line, ...answers] of steps) shown.push(await terminal.run(line, answers))
  return { folder, shown, files: () => fs.readdirSync(folder).sort() }
}

const name: Answer = [/Name of the project \[project\]:/, '']

describe('setup at a terminal', {
  concurrency: 2,
  skip: !hasTerminal && 'there is no python3 to lend a terminal',
}, () => {
  test('whoever leaves writes nothing: q, Ctrl-C, Ctrl-D, no', async t => {
    const at = await talk(t, {}, [
      ['sparkq setup', name, [/Folder that tasks run in/, 'q']],
      ['sparkq setup', name, [/Folder that tasks run in/, '\x03']],
      ['sparkq setup', [/Name of the project/, '\x04']],
      [
        'sparkq setup --port 0 --session a --no-examples',
        name,
        [/Folder/, ''],
        [/Document/, ''],
        [/Folders/, ''],
        [/Other timeouts/, ''],
        [/First queue/, ''],
        [/Make it .*:/, 'perhaps'],
        [/Type y, n, or s .*\n.*Make it .*:/, 'n'],
      ],
    ])
    assert.deepEqual(
      at.shown.map(({ code }) => code),
      [1, 130, 1, 1],
    )
    for (const { shown } of at.shown) assert.match(shown, /\nNothing was written\.\n/)
    assert.deepEqual(at.files(), [])
  })

  test('it says what it finds, and makes what was answered', async t => {
    const at = await talk(t, { 'scripts/a.sh': '#!/bin/sh\n' }, [
      [
        'sparkq setup --folder . --prd - --script-dir scripts --timeout llm_lite=60 --port 0 --no-examples',
        name,
        [/First session \[default\]:/, 'x'.repeat(101)],
        [/at most 100 characters; this one has 101\.\n.*First session \[default\]:/, 'api v2'],
        [/First queue in it \[default\]:/, 'auth'],
        [/Make it .*:/, ''],
      ],
      ['sparkq queue list'],
      ['sparkq add auth "fix the login test"'],
      ['sparkq setup'],
      [
        'sparkq setup --queue api',
        [/First session \[default\]:/, 'api v2'],
        [/This will be made:\n {2}session "api v2" and queue "api" .*\nMake it \(y or n\) \[y\]:/, 'y'],
      ],
      ['sparkq queue list'],
    ])
    const [first, listed, added, again, more, both] = at.shown.map(({ shown }) => shown)
    assert.match(first ?? '', /\n {2}git +this is no work tree\n {2}agents {2}codex 0\.46\.2, gemini\n/)
    assert.match(
      first ?? '',
      /sparkq add auth "…" is for Codex\.\n {2}sparkq enqueue -q auth -c 'echo hello' /,
    )
    assert.match(listed ?? '', /auth .* api v2/)
    // Of the agents that are there, codex has a tool.
    assert.match(added ?? '', /^Queued AUTH-1 · llm-codex /)
    assert.match(again ?? '', /is +a project already: .*\n(.*\n)*SparkQ is set up in .* already\n/)
    assert.match(more ?? '', /Set up SparkQ in /)
    assert.match(both ?? '', /api .*\n.*auth|auth .*\n.*api/)
    assert.match(fs.readFileSync(path.join(at.folder, 'sparkq.yml'), 'utf8'), /LLM_LITE:\n {4}timeout: 60\n/)
  })
})
