import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { finds, look, tamper, type } from './doctors.ts'
import { site } from './run-cli.ts'

/** The number of a process that has ended. */
const gone = () => spawnSync('true').pid
const long = new Date(Date.now() - 3_600_000)

describe('doctor looks at what was set and left', { concurrency: 4 }, () => {
  test('overrides: which there are, and which count for nothing any more', async t => {
    const at = await site(t)
    await finds(at, 'overrides', 'ok', /^none$/)
    await at.core.setConfig({ namespace: 'limits', key: 'stop_grace', value: 30 })
    await finds(at, 'overrides', 'ok', /^over sparkq\.yml: limits\.stop_grace$/)
    const rows = `('limits', 'max_running', '"many"', '2026-01-01T00:00:00.000Z'), ('limits', 'gone', '1', '2026-01-01T00:00:00.000Z')`
    tamper(at, `INSERT INTO config (namespace, key, value, updated_at) VALUES ${rows}`)
    const found = await look(at, 'overrides')
    assert.deepEqual(
      found.map(({ state, next }) => [state, next]),
      [
        ['warning', ['sparkq config unset limits.gone --override']],
        ['warning', ['sparkq config unset limits.max_running --override']],
      ],
    )
    assert.match(
      found[0]?.says ?? '',
      /^The override of limits\.gone \(1\) is ignored: there is no such setting\.$/,
    )
    await type(at, ...found.flatMap(it => it.next))
    await finds(at, 'overrides', 'ok', /^over sparkq\.yml: limits\.stop_grace$/)
  })

  test('tools whose program is missing', async t => {
    const at = await site(t, { 'bin/mine': '#!/bin/sh\ncat\n' })
    await finds(at, 'tools', 'ok', /^none has a command/)
    const add = (name: string, ...command: string[]) =>
      at.core.createTool({ name, task_class: 'LLM_LITE', command })
    await add('here', 'bin/mine')
    await add('known', 'cat', '-n')
    await finds(at, 'tools', 'ok', /^2 commands of your own$/)
    await add('far', 'no-such-llm', '{prompt}')
    await add('near', './bin/other')
    const found = await look(at, 'tools')
    assert.deepEqual(
      found.map(({ state, says }) => [state, /"(.*?)" is run by (\S+),/.exec(says)?.slice(1)]),
      [
        ['warning', ['far', 'no-such-llm']],
        ['warning', ['near', './bin/other']],
      ],
    )
    await type(at, ...found.flatMap(it => it.next))
    await finds(at, 'tools', 'ok', /^2 commands of your own$/)
  })

  test('what killed processes have left half made; what one is making stays', async t => {
    const at = await site(t)
    const left = [
      'sparkq.yml.restoring',
      `.sparkq.yml.${gone()}`,
      'sparkq.lock.tmp',
      'sparkq/data/sparkq.db.restoring',
      `sparkq/data/token.${gone()}.0a1b2c3d.tmp`,
    ]
    writeFiles(
      at.folder,
      Object.fromEntries([...left, `.sparkq.yml.${process.pid}`].map(name => [name, 'x'])),
    )
    fs.mkdirSync(path.join(at.folder, `sparkq-backup-test-1.${gone()}.tmp`))
    fs.mkdirSync(path.join(at.folder, 'sparkq/logs/restoring'))
    const fresh = await look(at, 'leftovers')
    assert.equal(fresh.length, 3, JSON.stringify(fresh))
    for (const name of [...left, 'sparkq/logs/restoring'])
      fs.utimesSync(path.join(at.folder, name), long, long)
    const found = await look(at, 'leftovers')
    assert.equal(found.length, 7, JSON.stringify(found))
    assert.ok(found.every(it => it.state === 'warning' && /^rm -r \S+$/.test(it.next[0] ?? '')))
    await type(at, ...found.flatMap(it => it.next))
    await finds(at, 'leftovers', 'ok', /^none$/)
    assert.ok(fs.existsSync(path.join(at.folder, `.sparkq.yml.${process.pid}`)))
  })
})
