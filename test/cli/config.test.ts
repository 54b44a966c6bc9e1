import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { removeFromFile, setInFile } from '../../src/cli/config-file.ts'
import { readKey, readValue } from '../../src/cli/config-key.ts'
import { readProject } from '../../src/config.ts'
import { TaskClassSetting, ToolSetting } from '../../src/contract/config.ts'
import { type Site, site } from './run-cli.ts'

const fileOf = ({ folder }: Pick<Site, 'folder'>): string => path.join(folder, 'sparkq.yml')
const textOf = (at: Pick<Site, 'folder'>): string => fs.readFileSync(fileOf(at), 'utf8')

async function entryOf(at: Site, name: string) {
  const { stdout, stderr, code } = await at.sparkq(['config', 'get', name, '--json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout).entry
}

/** What is written where, and what counts then, from where. */
const layers: [string, { file?: string; override?: string }, string, string][] = [
  ['the default', {}, '10', 'default'],
  ['the file', { file: '3' }, '3', 'file'],
  ['an override', { override: '7' }, '7', 'override'],
  ['an override over the file', { file: '3', override: '7' }, '7', 'override'],
  ['a file that says what the default is', { file: '10' }, '10', 'file'],
]

describe('config', { concurrency: 2 }, () => {
  test('what counts is the default, over it the file, over that the override; and back again', async t => {
    const at = await site(t)
    const grace = 'limits.stop_grace'
    await at.sparkq(['config', 'unset', grace])
    const original = textOf(at)
    for (const [what, { file, override }, value, source] of layers) {
      if (file !== undefined) await at.sparkq(['config', 'set', grace, file])
      if (override !== undefined) await at.sparkq(['config', 'set', grace, override, '--override'])
      const entry = await entryOf(at, grace)
      assert.deepEqual([String(entry.value), entry.source, entry.default], [value, source, 10], what)
      assert.equal((await at.sparkq(['config', 'get', grace])).stdout, `${value}\n`)
      if (override !== undefined) {
        const { stdout } = await at.sparkq(['config', 'unset', grace, '--override'])
        assert.match(stdout, file === undefined ? /· the default is 10\n$/ : /· sparkq\.yml says 3\n$/)
      }
      if (file !== undefined) await at.sparkq(['config', 'unset', grace])
      assert.equal(textOf(at), original, what)
    }
  })

  test('lists every setting with its source, and with --sources all layers', async t => {
    const at = await site(t)
    await at.core.setConfig({ namespace: 'server', key: 'port', value: 81 })
    const { stdout, stderr } = await at.sparkq(['config'])
    assert.match(stdout, /^ {2}setting +value +source/)
    assert.match(
      stdout,
      /^ {2}server\.port +81 +override +the file says 5005; counts when the server starts again$/m,
    )
    assert.match(stdout, /^ {2}script_dirs +\["scripts"\] +file$/m)
    assert.match(stdout, /^ {2}notify\.desktop +true +default$/m)
    assert.match(stderr, /sparkq config set KEY VALUE/)
    const wide = (await at.sparkq(['config', 'list', '--sources'])).stdout
    assert.match(wide, /^ {2}setting +default +file +override$/m)
    assert.match(wide, /^ {2}server\.port +5005 +5005 +81$/m)
    const json = JSON.parse((await at.sparkq(['config', '--json'])).stdout)
    assert.deepEqual(json, await at.core.listConfig())
  })

  test('set writes the file, keeps its mode and what a link leads to, and counts at once', async t => {
    const at = await site(t)
    const kept = path.join(at.folder, 'kept.yml')
    fs.renameSync(fileOf(at), kept)
    fs.symlinkSync('kept.yml', fileOf(at))
    fs.chmodSync(kept, 0o640)
    const before = textOf(at)
    const { stdout } = await at.sparkq(['config', 'set', 'limits.max_running', '4'])
    assert.equal(stdout, 'Set limits.max_running to 4 in kept.yml\n')
    assert.equal(textOf(at), before.replace('  # max_running: null\n', '$&  max_running: 4\n'))
    assert.equal(fs.statSync(kept).mode & 0o777, 0o640)
    assert.ok(fs.lstatSync(fileOf(at)).isSymbolicLink())
    const known = (await at.core.listConfig()).config.find(it => it.name === 'limits.max_running')
    assert.deepEqual([known?.value, known?.source], [4, 'file'])
    const again = await at.sparkq(['config', 'set', 'limits.max_running', '4'])
    assert.match(again.stdout, /says so already/)
    assert.deepEqual(
      fs.readdirSync(at.folder).filter(name => name.startsWith('.sparkq')),
      [],
    )
  })

  test('set says what goes over it, and what waits for the next start', async t => {
    const at = await site(t)
    const over = await at.sparkq(['config', 'set', 'server.port', '80', '--override'])
    assert.equal(over.stdout, 'server.port is 80 now, whatever sparkq.yml says\n')
    assert.match(over.stderr, /^It counts when the server starts again\.\n {2}sparkq restart/)
    const { stderr } = await at.sparkq(['config', 'set', 'server.port', '81'])
    assert.match(
      stderr,
      /^Something else goes over it, and counts: 80\n {2}sparkq config unset server\.port --override/,
    )
  })

  test('values are typed as YAML, and texts may look like anything', async t => {
    const at = await site(t)
    const set: [string, string, unknown][] = [
      ['notify.on', '[lane_empty]', ['lane_empty']],
      ['notify.command', 'echo: "$x" # no', 'echo: "$x" # no'],
      ['project.name', '2048', '2048'],
      ['limits.max_running', 'null', null],
      ['queue_runner.keep_awake', 'false', false],
      ['script_dirs', '[a, b c]', ['a', 'b c']],
    ]
    for (const [key, text, value] of set) {
      const { code, stderr } = await at.sparkq(['config', 'set', key, text])
      assert.equal(code, 0, stderr)
      assert.deepEqual((await entryOf(at, key)).value, value, key)
    }
  })

  test('tools and classes are set in the file, beside those that were the defaults', async t => {
    const at = await site(t)
    fs.writeFileSync(fileOf(at), '# mine\n')
    const tool = '{task_class: LLM_LITE, command: [cat, "{prompt}"]}'
    const { stdout, code } = await at.sparkq(['config', 'set', 'tools.my-llm', tool, '--json'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout).tool.command, ['cat', '{prompt}'])
    await at.sparkq(['config', 'set', 'task_classes.NIGHT.timeout', '7200'])
    await at.sparkq(['config', 'set', 'tools.my-llm.task_class', 'NIGHT'])
    const { config } = readProject(fileOf(at))
    assert.deepEqual(Object.keys(config.tools), [
      ...['run-bash', 'run-python', 'llm-haiku', 'llm-sonnet', 'llm-codex', 'my-llm'],
    ])
    assert.equal(config.tools['my-llm']?.task_class, 'NIGHT')
    assert.ok(textOf(at).startsWith('# mine\n'))
    await at.sparkq(['config', 'unset', 'tools.my-llm'])
    assert.ok(!(await at.core.listTools()).tools.some(it => it.name === 'my-llm'))
  })

  test('every field of a tool and of a class can be set and unset by its name', async t => {
    const at = await site(t)
    const tool = { task_class: 'LLM_LITE', agent: 'claude' }
    const fields: Record<string, [string, string, unknown][]> = {
      tools: [
        ['description', '2048', '2048'],
        ['task_class', 'LLM_HEAVY', 'LLM_HEAVY'],
        ['timeout', '60', 60],
        ['agent', 'claude', 'claude'],
        ['model', 'opus', 'opus'],
        ['args', '[--verbose]', ['--verbose']],
        ['permission_mode', 'plan', 'plan'],
        ['max_turns', '5', 5],
        ['max_budget_usd', '0.5', 0.5],
        ['use_api_key', 'true', true],
        ['command', '[cat]', ['cat']],
      ],
      task_classes: [
        ['timeout', '7', 7],
        ['description', 'short', 'short'],
      ],
    }
    const known = (rows: [string, string, unknown][] = []) => rows.map(([field]) => field).sort()
    assert.deepEqual(known(fields.tools), Object.keys(ToolSetting.properties).sort())
    assert.deepEqual(known(fields.task_classes), Object.keys(TaskClassSetting.properties).sort())
    const needed = ['tools.task_class', 'task_classes.timeout']
    for (const [section, rows] of Object.entries(fields)) {
      const name = `${section}.my.own`
      for (const [field, text, value] of rows) {
        const whole = section === 'tools' ? tool : { timeout: 5 }
        const base = field === 'command' ? { task_class: 'LLM_LITE' } : whole
        setInFile(readKey(name), base, at.folder, {})
        const key = readKey(`${name}.${field}`)
        setInFile(key, readValue(text, key), at.folder, {})
        const said = () =>
          Reflect.get(readProject(fileOf(at)).file[section as 'tools'] ?? {}, 'my.own') as object
        assert.deepEqual(Reflect.get(said(), field), value, key.name)
        if (needed.includes(`${section}.${field}`)) continue
        assert.ok(removeFromFile(key, at.folder, {}).changed, key.name)
        assert.ok(!(field in said()), key.name)
      }
    }
    const { stdout } = await at.sparkq(['config', 'set', 'tools.llm-sonnet.model', 'opus'])
    assert.equal(stdout, 'Set tools.llm-sonnet.model to opus in sparkq.yml\n')
    const sonnet = (await at.core.listTools()).tools.find(it => it.name === 'llm-sonnet')
    assert.deepEqual([sonnet?.agent, sonnet?.model], ['claude', 'opus'])
    assert.equal((await at.sparkq(['config', 'unset', 'tools.llm-sonnet.model'])).code, 0)
  })

  const bad: [string[], number, RegExp][] = [
    [['config', 'get', 'server.prot'], 3, /no setting "server\.prot"\. Did you mean "server\.port"\?/],
    [['config', 'get'], 2, /needs a KEY/],
    [['config', 'set', 'server.port'], 2, /needs a VALUE/],
    [['config', 'set', 'server.port', 'high'], 2, /server\.port must be a whole number/],
    [['config', 'set', 'sever.port', '1'], 3, /Did you mean "server\.port"/],
    [
      ['config', 'set', 'tools.x', '{task_class: NOPE}'],
      2,
      /cannot be set: tools\.x\.task_class: there is no/,
    ],
    [['config', 'set', 'tools.x', 'cat'], 2, /cannot be set: tools\.x must be an object/],
    [['config', 'set', 'tools.run-bash.nope', '3'], 2, /tools\.run-bash\.nope: a tool has no "nope"\.$/m],
    [['config', 'set', 'tools.x.modle', 'm'], 2, /a tool has no "modle"\. Did you mean "model"\?/],
    [
      ['config', 'unset', 'task_classes.LLM_LITE.timout'],
      2,
      /a task class has no "timout"\. Did you mean "ti/,
    ],
    [['config', 'set', 'tools.x', '{}', '--override'], 2, /is no setting: your own goes before the file/],
    [['config', 'set', 'database.path', 'x.db', '--override'], 2, /for the file alone/],
    [['config', 'unset', 'limits.max_running'], 3, /sparkq\.yml says nothing of limits\.max_running/],
    [['config', 'unset', 'server.port', '--override'], 3, /Nothing goes over server\.port/],
    [['config', 'unset', 'tools.run-bash', '--override'], 3, /sparkq tools has it/],
    [['config', 'validate', 'gone.yml'], 2, /there is no file "gone\.yml"/],
    [['config', 'sett'], 2, /no command "config sett"\. Did you mean "config set"\?/],
    [['config-export', 'x'], 2, /one word too many/],
  ]
  test('what cannot be is refused, and the file stays as it is', async t => {
    const at = await site(t)
    const before = textOf(at)
    for (const [args, exit, words] of bad) {
      const { code, stderr, stdout } = await at.sparkq(args)
      assert.deepEqual([code, stdout], [exit, ''], `${args.join(' ')}: ${stderr}`)
      assert.match(stderr, words)
      assert.match(stderr, /\n {2}\S/, `${args.join(' ')} says what to type next`)
    }
    assert.equal(textOf(at), before)
  })

  test('validate tells every mistake with its place, also of another file or of stdin', async t => {
    const at = await site(t, { 'new.yml': 'limits:\n  a: 1\nserver:\n  port: x\n' })
    assert.equal((await at.sparkq(['config', 'validate'])).stdout, 'sparkq.yml is valid\n')
    const { code, stderr } = await at.sparkq(['config', 'validate', 'new.yml'])
    assert.equal(code, 2)
    assert.match(stderr, /^new\.yml:2:3: there is no setting "limits\.a"\.\nnew\.yml:4:3: server\.port must/)
    const json = await at.sparkq(['config', 'validate', '-', '--json'], { input: 'a: 1\n' })
    assert.equal(json.code, 2)
    assert.deepEqual(JSON.parse(json.stdout), await at.core.validateConfig({ text: 'a: 1\n' }))
  })

  test('a file with a mistake can be mended by set, and by nothing that leaves it', async t => {
    const at = await site(t)
    fs.appendFileSync(fileOf(at), '\n# more\nscript_dirs_: 1\n')
    const broken = textOf(at).replace('port: 5005', 'port: high')
    fs.writeFileSync(fileOf(at), broken.replace('script_dirs_: 1\n', ''))
    assert.equal((await at.sparkq(['config', 'set', 'server.port', '5006'])).code, 0)
    fs.writeFileSync(fileOf(at), broken)
    const { code, stderr } = await at.sparkq(['config', 'set', 'server.port', '5006'])
    assert.equal(code, 2)
    const last = broken.split('\n').length - 1
    assert.match(stderr, new RegExp(`^sparkq\\.yml:${last}:1: there is no setting "script_dirs_"`))
    assert.equal(textOf(at), broken)
  })

  test('what config-export prints says, as the file, all that counted', async t => {
    const at = await site(t)
    await at.sparkq(['config', 'set', 'limits.stop_grace', '7', '--override'])
    await at.sparkq(['tools', 'create', 'mine', '--class', 'LLM_LITE', '--', 'cat', '{prompt}'])
    await at.sparkq(['tools', 'delete', 'llm-codex'])
    await at.core.createTool({
      ...{ name: 'careful', task_class: 'LLM_HEAVY', agent: 'claude', model: 'opus', args: ['--verbose'] },
      ...{ permission_mode: 'plan', max_turns: 5, max_budget_usd: 1.5, use_api_key: true },
    })
    await at.core.updateTool({ name: 'llm-sonnet', model: 'opus', max_turns: 9 })
    await at.core.updateTool({ name: 'llm-haiku', command: ['cat', '{prompt}'] })
    const { stdout } = await at.sparkq(['config-export'])
    const value = async () => (await at.core.listConfig()).config.map(it => [it.name, it.value])
    const tools = async () => (await at.core.listTools()).tools.map(({ source: _, ...it }) => it)
    const before = [await value(), await tools()]
    const other = await site(t)
    fs.writeFileSync(fileOf(other), stdout)
    assert.equal((await other.sparkq(['reload'])).code, 0)
    const config = (await other.core.listConfig()).config
    assert.deepEqual(
      config.map(it => [it.name, it.value]),
      before[0],
    )
    assert.ok(config.every(it => it.source === 'file'))
    const there = (await other.core.listTools()).tools.map(({ source: _, ...it }) => it)
    assert.deepEqual(there, before[1])
    const json = JSON.parse((await at.sparkq(['config-export', '--json'])).stdout)
    assert.equal(json.limits.stop_grace, 7)
  })

  test('an override that is accepted no more is told, and is nothing else', async t => {
    const at = await site(t)
    const { DatabaseSync } = await import('node:sqlite')
    const raw = new DatabaseSync(readProject(fileOf(at)).database)
    raw.exec(`INSERT INTO config VALUES ('limits', 'stop_grace', '"long"', '2026-01-01T00:00:00.000Z'),
      ('limits', 'old', '1', '2026-01-01T00:00:00.000Z')`)
    raw.close()
    const { code, stdout, stderr } = await at.sparkq(['config'])
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}limits\.stop_grace +10 +file/m)
    assert.match(stderr, /^The override of limits\.stop_grace \("long"\) is ignored: must be a number/m)
    assert.match(stderr, /^The override of limits\.old \(1\) is ignored: there is no such setting/m)
    assert.equal((await at.sparkq(['config', 'unset', 'limits.stop_grace', '--override'])).code, 0)
    assert.deepEqual(await at.core.unsetConfig({ namespace: 'limits', key: 'old' }), { entry: null })
    assert.deepEqual((await at.core.listConfig()).warnings, [])
  })
})
