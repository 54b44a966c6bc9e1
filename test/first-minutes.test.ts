import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { makeTempFolder, writeFiles } from './support/folder.ts'
import {
  openTerminal,
  type TerminalKind,
  type TypedTerminal,
  terminalKinds,
} from './support/typed-terminal.ts'

const checkout = path.dirname(import.meta.dirname)
const kinds = terminalKinds()

test('there is a terminal to type at', t => {
  if (kinds.length > 0) return
  const sentence = 'There is neither tmux nor a python3 to lend a terminal.'
  if (process.env.CI === 'true') throw new Error(`${sentence} In CI there has to be.`)
  t.skip(sentence)
})

for (const kind of kinds.slice(0, 1))
  test(`a person’s first ten minutes leave all as it was (${kind})`, { timeout: 120_000 }, () => live(kind))

/** Install, set up by answering, queue, run, look, take down: in a folder, a home and a temporary folder of one's own. */
async function live(kind: TerminalKind): Promise<void> {
  const base = makeTempFolder()
  const at = (name: string) => path.join(base, name)
  for (const name of ['home', 'tmp', 'npm', 'own', 'prefix', 'my-project'])
    fs.mkdirSync(at(name), { mode: 0o755 })
  const env = personAt(at)
  const terminal = await openTerminal(kind, { cwd: base, env, own: at('own') })
  try {
    await tryOut(terminal, { at, env })
  } finally {
    await terminal.close()
    fs.rmSync(base, { recursive: true, force: true })
  }
}

async function tryOut(
  terminal: TypedTerminal,
  { at, env }: { at: (name: string) => string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const project = at('my-project')
  makeProject(project, env)
  const before = hashOf(project)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', at('.')], {
    cwd: checkout,
    env: { ...env, TMPDIR: at('npm') },
  })
  const type = async (line: string, ...answers: [RegExp, string][]) => {
    const { shown, code } = await terminal.run(line, answers)
    assert.equal(code, 0, `${line}: ${shown}`)
    return shown
  }
  await type('TMPDIR=$PWD/npm npm install -g --offline ./sparkq-*.tgz')
  await type('cd my-project')

  const setup = await type(
    'sparkq setup',
    [/Name of the project \[my-project\]:/, ''],
    [/Folder that tasks run in \[\.\]:/, 'nowhere'],
    [/There is no folder "nowhere" here\.\nFolder that tasks run in \[\.\]:/, ''],
    [/Document .* \[docs\/PRD\.md\]:/, ''],
    [/tools has 1 script\.\nFolders with scripts, .* \[tools\]:/, 'tools, scripts'],
    [/FAST_SCRIPT 2 min, .*\nOther timeouts, .* \[none\]:/, 'FAST_SCRIPT=60'],
    [/Port of the server .*:/, '0'],
    [/First session \[default\]:/, 'spring'],
    [/First queue in it \[default\]:/, ''],
    [/Two example scripts .* \[n\]:/, 'y'],
    [/This will be made:\n {2}sparkq\.yml +\d+ lines: my-project, port 0, (.|\n)*Make it .*:/, 's'],
    [/FAST_SCRIPT:\n +timeout: 60\n(.|\n)*Make it .*:/, ''],
  )
  const next = [...setup.matchAll(/^ {2}(sparkq .*?) {3}/gm)].map(match => match[1] as string)
  assert.deepEqual(next, [
    'sparkq enqueue -q default -- ./scripts/example-hello.sh',
    'sparkq runner -q default',
    'sparkq tasks',
  ])
  assert.match(await type('sparkq setup'), /SparkQ is set up in .*my-project already\n/)

  assert.match(
    await type(`${next[0]} Ada`),
    /^Queued DEFAULT-1 · run-bash \.\/scripts\/example-hello\.sh Ada · /,
  )
  assert.match(await type('sparkq add "fix the login test"'), /^Queued DEFAULT-2 · llm-sonnet /m)
  assert.match(await type('sparkq rm DEFAULT-2'), /DEFAULT-2/)
  assert.match(await type('sparkq start --all --host 127.0.0.1'), /SparkQ runs at http:\/\/127\.0\.0\.1:\d+ /)
  assert.match(await type('sparkq wait DEFAULT-1'), /DEFAULT-1/)
  assert.match(await type('sparkq status'), /SparkQ runs at http/)
  assert.equal(await type('sparkq logs DEFAULT-1'), '1\n2\n3\nHello, Ada\n')
  assert.match(await type('sparkq tasks'), /✓ +DEFAULT-1 +run-bash .* succeeded/)
  await type('sparkq enqueue -- ./scripts/example-report.py')
  await type('sparkq wait --queue default')
  assert.match(await type('sparkq task DEFAULT-3'), /\d+ files of \d+ kinds/)
  await reviewByKey(terminal)
  assert.match(await type('sparkq stop'), /^Stopped the server/)

  const teardown = await type('sparkq teardown', [/This will be removed:\n(.|\n)*Go on\? \[y\/N\]/, 'y'])
  assert.match(teardown, /\nRemoved SparkQ from .*my-project · \d+ files and folders\n/)
  assert.equal(await type('git status --short --ignored'), '')
  assert.deepEqual(changesSince(before, hashOf(project)), [])
  assert.deepEqual([...fs.readdirSync(at('home')), ...fs.readdirSync(at('tmp'))], [])
  assert.match(await type('sparkq teardown'), /Nothing to remove here\./)
  await type('cd .. && TMPDIR=$PWD/npm npm uninstall -g sparkq')
  assert.deepEqual(filesBelow(at('prefix')), [])
  assert.deepEqual(processesOf(at('home')), ['bash'])
}

/** A task that failed waits for the person's eye; a key accepts it. */
async function reviewByKey({ run }: TypedTerminal): Promise<void> {
  await run(`sparkq enqueue -c 'echo broken >&2; exit 7'`)
  assert.equal((await run('sparkq wait DEFAULT-4')).code, 1)
  assert.match((await run('sparkq status')).shown, /review +1 waits for your eye/)
  const { shown, code } = await run('sparkq review', [
    [/DEFAULT-4(.|\n)*failed · exit 7(.|\n)*broken(.|\n)*q quit/, 'a'],
  ])
  assert.equal(code, 0, shown)
  assert.match(shown, /Reviewed: 1 accepted\.\nNothing left to review\.\n/)
  assert.match((await run('sparkq task DEFAULT-4')).shown, /accepted/)
}

/** A machine of the person's own: nothing of ours in it, and npm that does not look around. */
function personAt(at: (name: string) => string): NodeJS.ProcessEnv {
  const { PATH, USER } = process.env
  return {
    PATH: [path.join(at('prefix'), 'bin'), path.dirname(process.execPath), PATH].join(path.delimiter),
    ...(USER === undefined ? {} : { USER }),
    HOME: at('home'),
    TMPDIR: at('tmp'),
    LANG: 'C.UTF-8',
    npm_config_cache: at('npm'),
    npm_config_prefix: at('prefix'),
    npm_config_update_notifier: 'false',
    npm_config_loglevel: 'error',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
}

function makeProject(folder: string, env: NodeJS.ProcessEnv): void {
  writeFiles(folder, {
    'README.md': '# Mine\n',
    'docs/PRD.md': 'What is being built.\n',
    'tools/check.sh': '#!/bin/sh\necho fine\n',
    'secret.txt': 'mine alone\n',
  })
  fs.chmodSync(path.join(folder, 'secret.txt'), 0o600)
  fs.mkdirSync(path.join(folder, 'empty'))
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env })
  git('init', '--quiet')
  git('add', '.')
  git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'Begin')
  // As whoever has no template for it.
  fs.rmSync(path.join(folder, '.git/info'), { recursive: true, force: true })
}

/** Every name, kind, mode and byte below; of git's own files, not when it last looked. */
function hashOf(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .map(entry => path.join(entry.parentPath, entry.name))
      .filter(file => !file.endsWith('/.git/index'))
      .sort()
      .map(file => [path.relative(folder, file), describe(file)]),
  )
}

function changesSince(before: Record<string, string>, after: Record<string, string>): string[] {
  const files = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return files
    .filter(file => before[file] !== after[file])
    .map(file => `${file}: ${before[file]} → ${after[file]}`)
}

function describe(file: string): string {
  const stat = fs.lstatSync(file)
  const mode = stat.mode.toString(8)
  if (stat.isSymbolicLink()) return `${mode} ${fs.readlinkSync(file)}`
  return stat.isFile() ? `${mode} ${createHash('sha256').update(fs.readFileSync(file)).digest('hex')}` : mode
}

const filesBelow = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => path.join(entry.parentPath, entry.name))

/** What runs with this home, by name: the terminal's shell, and what was left behind. */
function processesOf(home: string): string[] {
  if (process.platform !== 'linux') return ['bash']
  const read = (pid: string, what: string) => {
    try {
      return fs.readFileSync(`/proc/${pid}/${what}`, 'utf8')
    } catch {
      return ''
    }
  }
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && `\0${read(name, 'environ')}`.includes(`\0HOME=${home}\0`))
    .map(pid => read(pid, 'comm').trim())
    .filter(name => name !== 'python3' && !name.startsWith('tmux'))
}
