import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import { settings } from '../../src/contract/settings.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

async function entry(api: Api, name: string) {
  const found = (await api.listConfig()).config.find(it => it.name === name)
  assert.ok(found, name)
  return found
}

export function configuring({ open }: Harness): void {
  test('every setting is listed, with its value, its source and what lies below', async t => {
    const { api, clock } = await open(t, { config: 'limits: {stop_grace: 3}\nserver: {port: 5005}\n' })
    const { entry: set } = await api.setConfig({ namespace: 'limits', key: 'stop_grace', value: 7 })
    const { config, warnings } = await api.listConfig()
    assert.deepEqual(warnings, [])
    assert.deepEqual(
      config.map(it => it.name),
      settings.map(it => it.name),
    )
    const grace = {
      ...{ namespace: 'limits', key: 'stop_grace', name: 'limits.stop_grace' },
      ...{ value: 7, source: 'override', default: 10, file: 3, is_in_file: true },
      ...{ updated_at: clock.stamp(), restart: null, fixed: null },
    }
    assert.deepEqual(set, grace)
    assert.deepEqual(await entry(api, 'limits.stop_grace'), grace)
    const port = await entry(api, 'server.port')
    assert.deepEqual([port.value, port.source, port.restart], [5005, 'file', 'server'])
    const days = await entry(api, 'purge.older_than_days')
    assert.deepEqual([days.value, days.source, days.is_in_file, days.file], [3, 'default', false, null])
    const dirs = await entry(api, 'script_dirs')
    assert.deepEqual([dirs.namespace, dirs.key, dirs.value], ['script_dirs', 'script_dirs', ['scripts']])
    assert.deepEqual(
      config.filter(it => it.fixed !== null).map(it => it.name),
      ['project.repo_path', 'database.path', 'database.mode', 'queue_runner.base_url'],
    )
  })

  test('an override goes over the file until it is taken back', async t => {
    const { api } = await open(t, { config: 'limits: {stop_grace: 3}\n' })
    const grace = { namespace: 'limits', key: 'stop_grace' }
    await api.setConfig({ ...grace, value: 7 })
    await api.setConfig({ ...grace, value: 8 })
    assert.equal((await entry(api, 'limits.stop_grace')).value, 8)
    const { entry: back } = await api.unsetConfig(grace)
    assert.deepEqual([back?.value, back?.source, back?.updated_at], [3, 'file', null])
    const error = await refused(api.unsetConfig(grace), 'not_found', /Nothing goes over limits\.stop_grace/)
    assert.match(error.hint ?? '', /sparkq config get limits\.stop_grace/)
    const { events } = await api.listEvents({ event: 'config.changed', after: 0 })
    assert.deepEqual(
      events.map(it => it.data),
      [
        { ...grace, value: 7 },
        { ...grace, value: 8 },
        { ...grace, taken_back: true },
      ],
    )
  })

  test('null is a value where it may be one', async t => {
    const { api } = await open(t, { config: 'limits: {max_running: 2}\n' })
    await api.setConfig({ namespace: 'limits', key: 'max_running', value: null })
    const { value, source, file } = await entry(api, 'limits.max_running')
    assert.deepEqual([value, source, file], [null, 'override', 2])
    await refused(
      api.setConfig({ namespace: 'limits', key: 'stop_grace', value: null }),
      'invalid',
      /^limits\.stop_grace must be a number from 0 to 3600/,
    )
  })

  test('an override counts at once, for whatever is done next, and for every other process', async t => {
    const { api, another, lane, add, running, clock } = await open(t, {
      config: 'limits: {max_running: 1}\n',
    })
    const other = await another()
    await running(await lane('a'))
    const b = await lane('b')
    await add(b, { timeout: 10 })
    assert.equal((await other.claimTask({ id: 'b' })).none_because, 'max_running')
    await api.setConfig({ namespace: 'limits', key: 'max_running', value: 2 })
    await api.setConfig({ namespace: 'limits', key: 'fail_factor', value: 5 })
    const { task } = await other.claimTask({ id: 'b' })
    assert.equal(task?.stops_at, new Date(clock() + 50_000).toISOString())
    await api.unsetConfig({ namespace: 'limits', key: 'max_running' })
    await add(await lane('c'))
    assert.equal((await other.claimTask({ id: 'c' })).none_because, 'max_running')
  })

  const wrong: [
    string,
    { namespace: string; key: string; value: unknown },
    'invalid' | 'not_found',
    RegExp,
  ][] = [
    [
      'a mistyped key',
      { namespace: 'server', key: 'prot', value: 1 },
      'not_found',
      /Did you mean "server\.port"\?/,
    ],
    [
      'a mistyped section',
      { namespace: 'sever', key: 'port', value: 1 },
      'not_found',
      /Did you mean "server\.port"\?/,
    ],
    ['a tool', { namespace: 'tools', key: 'run-bash', value: {} }, 'not_found', /sparkq tools has it/],
    ['a class', { namespace: 'task_classes', key: 'X', value: {} }, 'not_found', /sparkq classes has it/],
    [
      'where the database is',
      { namespace: 'database', key: 'path', value: 'x' },
      'invalid',
      /where overrides are kept/,
    ],
    ['where the project is', { namespace: 'project', key: 'repo_path', value: 'x' }, 'invalid', /file alone/],
    [
      'a text for a number',
      { namespace: 'server', key: 'port', value: '80' },
      'invalid',
      /whole number from 0/,
    ],
    [
      'a wrong word in a list',
      { namespace: 'review', key: 'needs', value: ['mood'] },
      'invalid',
      /needs 0 must be one of/,
    ],
  ]
  for (const [what, input, code, words] of wrong) {
    test(`${what} is no override`, async t => {
      const { api } = await open(t)
      const before = await api.listConfig()
      const error = await refused(api.setConfig(input), code, words)
      assert.ok(error.hint)
      assert.deepEqual(await api.listConfig(), before)
      assert.deepEqual((await api.listEvents({ event: 'config.changed' })).events, [])
    })
  }

  test('a text is checked as a file would be, and every mistake has its place', async t => {
    const { api } = await open(t)
    assert.deepEqual(await api.validateConfig({ text: 'server:\n  port: 1\n' }), { valid: true, errors: [] })
    const { valid, errors } = await api.validateConfig({
      text: 'limits:\n  stop_grase: 1\nserver:\n  port: high\n  hots: x\n',
    })
    assert.equal(valid, false)
    assert.deepEqual(errors, [
      {
        ...{ line: 2, column: 3, name: 'limits.stop_grase', meant: 'stop_grace' },
        message: 'there is no setting "limits.stop_grase". Did you mean "stop_grace"?',
      },
      {
        ...{ line: 4, column: 3, name: 'server.port', meant: null },
        message: 'server.port must be a whole number from 0 to 65535.',
      },
      {
        ...{ line: 5, column: 3, name: 'server.hots', meant: 'host' },
        message: 'there is no setting "server.hots". Did you mean "host"?',
      },
    ])
  })

  test('a reload says what is different, and which of it something else goes over', async t => {
    const { api, projectRoot } = await open(t)
    await api.setConfig({ namespace: 'limits', key: 'stop_grace', value: 7 })
    await api.updateTool({ name: 'run-bash', timeout: 9 })
    fs.writeFileSync(
      path.join(projectRoot, 'sparkq.yml'),
      `limits: {stop_grace: 3, warn_factor: 0.5}
server: {port: 1}
script_dirs: [tools]
tools:
  run-bash: {task_class: FAST_SCRIPT}
  new: {task_class: LLM_LITE}
`,
    )
    const { changes } = await api.reload()
    const said = (start: string) => changes.find(it => it.startsWith(start))
    assert.equal(said('limits.stop_grace'), 'limits.stop_grace: 10 → 3, but 7 goes over it')
    assert.equal(said('limits.warn_factor'), 'limits.warn_factor: 1 → 0.5')
    assert.equal(said('server.port'), 'server.port: 5005 → 1, from the next start on')
    assert.equal(said('script_dirs'), 'script_dirs: ["scripts"] → ["tools"]')
    assert.match(said('tools.run-bash') ?? '', /, but your own goes over it$/)
    assert.match(said('tools.new') ?? '', /^tools\.new added: /)
    assert.match(said('tools.run-python') ?? '', /^tools\.run-python removed$/)
    assert.equal((await entry(api, 'limits.stop_grace')).value, 7)
    assert.equal((await entry(api, 'limits.warn_factor')).value, 0.5)
    assert.deepEqual(await api.reload(), { changes: [], warnings: [] })
  })

  test('a file with a mistake leaves all as it was', async t => {
    const { api, projectRoot } = await open(t, { config: 'limits: {stop_grace: 3}\n' })
    const before = [await api.listConfig(), await api.listTools()]
    fs.writeFileSync(path.join(projectRoot, 'sparkq.yml'), 'limits: {stop_grace: 4}\nserverr: {}\n')
    await refused(api.reload(), 'invalid', /^sparkq\.yml:2:1: there is no setting "serverr"/)
    assert.deepEqual([await api.listConfig(), await api.listTools()], before)
  })
}
