import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { type Site, site } from './run-cli.ts'

/** Every file below a folder, with what is in it; empty folders too. */
function contents(folder: string, within = ''): Record<string, string> {
  const entries = fs.readdirSync(path.join(folder, within), { withFileTypes: true })
  return Object.fromEntries(
    entries.flatMap(entry => {
      const name = path.join(within, entry.name)
      if (/^sparkq(\/|$)|state/.test(name)) return []
      if (!entry.isDirectory()) return [[name, fs.readFileSync(path.join(folder, name), 'utf8')]]
      return [[`${name}/`, ''], ...Object.entries(contents(folder, name))]
    }),
  )
}

const homeOf = ({ env }: Site): string => env.HOME as string
const all = (at: Site) => ({ project: contents(at.folder), home: contents(homeOf(at)) })
const read = (file: string) => fs.readFileSync(file, 'utf8')

const files: Record<string, string> = {
  '.mcp.json': '{"mcpServers": {"github": {"command": "gh", "args": ["mcp"]}}}',
  '.claude/settings.local.json':
    '{\n\t"permissions": { "allow": ["Bash(ls:*)"], "deny": [] },\n\t"hooks": {\n\t\t"Stop": [{ "hooks": [{ "type": "command", "command": "say done" }] }]\n\t}\n}\n',
  '.claude/commands/mine.md': 'mine',
  '.gemini/settings.json': '{\n  // mine\n  "theme": "x", /* y */\n}\n',
}
const codexConfig = 'model = "gpt" # mine\n\n[features]\nplugins = false'

for (const agent of ['claude', 'codex', 'gemini']) {
  for (const scope of ['--project', '--user']) {
    describe(`agent install ${agent} ${scope}`, () => {
      for (const [name, given] of Object.entries({ nothing: {}, others: files })) {
        test(`where there is ${name} is taken back to the last byte, and can be done twice`, async t => {
          const at = await site(t, given)
          if (name === 'others') {
            writeFiles(homeOf(at), {
              '.codex/config.toml': codexConfig,
              '.claude.json': '{"numStartups":3}',
              '.gemini/settings.json': '',
            })
          }
          const before = all(at)
          const first = await at.sparkq(['agent', 'install', agent, scope, '--yes'])
          assert.equal(first.code, 0, first.stderr)
          assert.match(first.stdout, /^Told .+ of SparkQ: /)
          const installed = all(at)
          assert.notDeepEqual(installed, before)
          const again = await at.sparkq(['agent', 'install', agent, scope, '--yes'])
          assert.match(again.stdout, /knows of SparkQ already\.\n$/)
          assert.deepEqual(all(at), installed)
          const back = await at.sparkq(['agent', 'uninstall', agent, scope, '--yes'])
          assert.equal(back.code, 0, back.stderr)
          assert.deepEqual(all(at), before)
          const twice = await at.sparkq(['agent', 'uninstall', agent, scope, '--yes'])
          assert.match(twice.stdout, /^Nothing of SparkQ is in the files of .+\.\n$/)
          assert.deepEqual(all(at), before)
        })
      }
    })
  }
}

describe('agent install', { concurrency: 3 }, () => {
  test('shows every line before it writes one, and writes none without a yes', async t => {
    const at = await site(t, files)
    const before = all(at)
    const { stdout, stderr, code } = await at.sparkq(['agent', 'install', 'claude'])
    assert.deepEqual([stdout, code], ['', 2])
    assert.match(stderr, /^\.mcp\.json$/m)
    assert.match(stderr, /^ {2}\+ .*"sparkq".*"mcp".*"alwaysLoad":true/m)
    assert.match(stderr, /^\.claude\/commands\/sparkq\/work\.md \(new\)$/m)
    assert.match(stderr, /hook claude stop/)
    assert.match(stderr, /add --yes to do it/)
    assert.deepEqual(all(at), before)
  })

  test('leaves a server of that name that somebody else wrote, and says so', async t => {
    const own = '{"mcpServers": {"sparkq": {"command": "mine"}}}'
    const at = await site(t, { '.mcp.json': own })
    const { stderr, code } = await at.sparkq(['agent', 'install', 'claude', '--yes'])
    assert.equal(code, 0)
    assert.match(stderr, /^\.mcp\.json has a "sparkq" that SparkQ did not write so: it stays as it is\.$/m)
    await at.sparkq(['agent', 'uninstall', 'claude', '--yes'])
    assert.deepEqual(contents(at.folder)['.mcp.json'], own)
  })

  test('is taken back by teardown, from the files of the project', async t => {
    const at = await site(t, files)
    const { 'sparkq.yml': _ours, ...before } = contents(at.folder)
    for (const agent of ['claude', 'gemini']) await at.sparkq(['agent', 'install', agent, '--yes'])
    await at.sparkq(['agent', 'install', 'codex', '--yes'])
    const input = '{"session_id": "s1", "prompt": "/sparkq:work default"}'
    await at.sparkq(['hook', 'claude', 'prompt'], { input })
    at.core.close()
    assert.match((await at.sparkq(['teardown'])).stderr, /what "agent install" wrote in \.mcp\.json$/m)
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0)
    assert.match(stderr, /^Codex is told of SparkQ for all your projects; that stays:$/m)
    assert.deepEqual(contents(at.folder), before)
    assert.ok(!fs.existsSync(path.join(at.folder, 'sparkq')))
    assert.equal((await at.sparkq(['agent', 'uninstall', 'codex', '--user', '--yes'])).code, 0)
    assert.deepEqual(contents(homeOf(at)), {})
  })

  test('touches nothing where one of the files cannot be read', async t => {
    const at = await site(t, { '.claude/settings.local.json': '{"a": ' })
    const before = all(at)
    const { stderr, code } = await at.sparkq(['agent', 'install', 'claude', '--yes'])
    assert.equal(code, 4)
    assert.match(stderr, /settings\.local\.json stays as it is: it is no JSON at line 1\.\n {2}edit /)
    assert.deepEqual(all(at), before)
  })

  test('is taken back beside what was added and changed since; what was changed of ours stays and is named', async t => {
    const at = await site(t)
    await at.sparkq(['agent', 'install', 'claude', '--yes'])
    const mcp = path.join(at.folder, '.mcp.json')
    const both = JSON.parse(read(mcp))
    both.mcpServers.other = { command: 'other' }
    fs.writeFileSync(mcp, JSON.stringify(both))
    fs.appendFileSync(path.join(at.folder, '.claude/commands/sparkq/stop.md'), 'Mine.\n')
    const { stderr } = await at.sparkq(['agent', 'uninstall', 'claude', '--yes'])
    assert.match(stderr, /commands\/sparkq\/stop\.md has a "sparkq" that/)
    assert.deepEqual(JSON.parse(read(mcp)), { mcpServers: { other: { command: 'other' } } })
    assert.deepEqual(Object.keys(contents(at.folder)).sort(), [
      '.claude/',
      '.claude/commands/',
      '.claude/commands/sparkq/',
      '.claude/commands/sparkq/stop.md',
      '.mcp.json',
      'sparkq.yml',
    ])
  })
})
