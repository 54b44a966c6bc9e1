import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { describe, test } from 'node:test'
import { readProject } from '../../src/config.ts'
import { findProgram } from '../../src/processes/find-program.ts'
import { findService } from '../../src/server/service/manager.ts'
import { smallDisk } from '../support/small-disk.ts'
import { begin } from './arrange.ts'
import { examine, finds, look, tamper, type } from './doctors.ts'
import { site } from './run-cli.ts'

describe('doctor looks at places', { concurrency: 4 }, () => {
  test('that others may look into', async t => {
    const at = await site(t)
    const places = { 'sparkq/data': 0o755, 'sparkq/data/sparkq.db': 0o644, 'sparkq/data/token': 0o640 }
    for (const [name, mode] of Object.entries(places)) fs.chmodSync(path.join(at.folder, name), mode)
    const found = await look(at, 'permissions')
    assert.deepEqual(
      found.map(it => it.next),
      [['chmod 700 sparkq/data'], ['chmod 600 sparkq/data/sparkq.db'], ['chmod 600 sparkq/data/token']],
    )
    assert.ok(found.every(it => it.state === 'broken'))
    await type(at, ...found.flatMap(it => it.next))
    await finds(at, 'permissions', 'ok', /yours alone/)
  })

  test('that git sees', async t => {
    const at = await site(t)
    const git = (...args: string[]) => execFileSync('git', args, { cwd: at.folder, stdio: 'ignore' })
    git('init', '--quiet')
    fs.rmSync(path.join(at.folder, 'sparkq/.gitignore'))
    git('add', 'sparkq/data/token')
    const found = await look(at, 'git')
    assert.deepEqual(
      found.map(it => it.says),
      [
        'Git does not ignore sparkq/data and sparkq/logs.',
        'Git does not ignore sparkq.lock.',
        'Git keeps sparkq/data/token.',
      ],
    )
    await type(at, ...found.flatMap(it => it.next))
    await finds(at, 'git', 'ok', /^git ignores data, logs and locks$/)
  })

  test('where scripts are to be, and what their headers say', async t => {
    const at = await site(t, {
      'sparkq.yml': 'script_dirs: [scripts, more/scripts]\n',
      'scripts/x.sh': '#!/bin/bash\n# timeout: soon\n',
    })
    const [missing, odd] = await look(at, 'scripts')
    assert.deepEqual(
      [missing?.state, missing?.says],
      ['warning', 'script_dirs names more/scripts, which is not there.'],
    )
    assert.deepEqual(
      [odd?.says, odd?.next],
      ['1 warning about scripts and their headers.', ['sparkq scripts list']],
    )
    await type(at, ...(missing?.next ?? []))
    fs.writeFileSync(path.join(at.folder, 'scripts/x.sh'), '#!/bin/bash\n')
    await finds(at, 'scripts', 'ok', /^1 script$/)
  })

  test('that can only be read', async t => {
    const disk = smallDisk(t, 16)
    if (!disk) return
    const at = await site(t, { 'sparkq.yml': 'limits: {min_free_mb: 0}\n' }, disk.folder)
    at.core.close()
    disk.readOnly(true)
    const found = await examine(at).finally(() => disk.readOnly(false))
    const states = Object.fromEntries(found.map(it => [it.check, it.state]))
    assert.match(
      found.find(it => it.check === 'database')?.says ?? '',
      /cannot be written: nothing can be queued or run\.$/,
    )
    assert.deepEqual(
      [states.database, states.integrity, states.counts, states.output],
      ['broken', 'ok', 'ok', 'ok'],
    )
  })

  test('on a full disk', async t => {
    const disk = smallDisk(t, 16)
    if (!disk) return
    const at = await site(t, { 'sparkq.yml': 'limits: {min_free_mb: 2}\n' }, disk.folder)
    await (await begin(at)).finish(0)
    at.core.close()
    disk.fill()
    const next = await finds(
      at,
      'disk',
      'broken',
      /^Lanes wait: the disk that holds .* has less than 1 MB left, and 2 MB must be free/,
    )
    assert.equal(next[0], 'sparkq purge')
    await finds(at, 'counts', 'ok', /^1 task/)
    disk.makeRoom()
    await finds(at, 'disk', 'ok', /GB free$/)
  })
})

describe('doctor looks at the machine', { concurrency: 4 }, () => {
  test('without programs', async t => {
    const at = await site(t)
    const bin = path.join(path.dirname(at.folder), 'few')
    fs.mkdirSync(bin)
    fs.symlinkSync(findProgram('bash', process.env) as string, path.join(bin, 'bash'))
    const found = await look(at, 'programs', [], { PATH: bin })
    const says = found.map(it => it.says)
    assert.ok(says.includes('There is no python3. Tasks of run-python cannot run.'), says.join())
    assert.ok(says.some(it => it.startsWith('There is no git.')))
    assert.ok(found.every(it => it.state === 'warning' && /install|add|-S/.test(it.next[0] ?? '')))
    fs.rmSync(path.join(bin, 'bash'))
    const worse = await look(at, 'programs', [], { PATH: bin })
    assert.equal(worse.find(it => it.says === 'There is no bash. No task can run.')?.state, 'broken')
  })

  test('whose clock was moved back', async t => {
    const at = await site(t)
    tamper(
      at,
      `INSERT INTO audit_log (at, event, actor) VALUES ('2999-01-01T00:00:00.000Z', 'config.loaded', 'test')`,
    )
    const next = await finds(
      at,
      'clock',
      'warning',
      /^The last event is dated in \d+ d: the clock was moved back, or is wrong\.$/,
    )
    assert.equal(next.length, 1)
  })

  test('that may not be kept awake', async t => {
    const at = await site(t)
    await finds(at, 'sleep', 'ok', /^there is no (systemd-inhibit|caffeinate)/, { env: { PATH: '/nowhere' } })
  })

  test('whose port is another’s', async t => {
    const other = net.createServer().listen(0, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as net.AddressInfo
    const at = await site(t, { 'sparkq.yml': `server: {port: ${port}}\n` })
    const next = await finds(
      at,
      'server',
      'warning',
      RegExp(`^None runs, and its port ${port} is another's \\(process ${process.pid}, `),
    )
    assert.deepEqual(next, ['sparkq start --port 0'])
  })

  test('whose server lets everybody in', async t => {
    const at = await site(t, { 'sparkq.yml': 'server: {access: open}\n' })
    const next = await finds(at, 'access', 'warning', /^Whoever reaches the server may run anything here/)
    assert.deepEqual(next, ['edit sparkq.yml', 'sparkq reload'])
  })

  test('whose service is not started', {
    skip: process.platform !== 'linux' && 'systemd is of Linux',
  }, async t => {
    const at = await site(t)
    const bin = path.join(path.dirname(at.folder), 'systemd')
    fs.mkdirSync(bin)
    const answer = (enabled: number) =>
      fs.writeFileSync(
        path.join(bin, 'systemctl'),
        `#!/bin/sh\ncase "$2" in is-enabled|is-active) exit ${enabled};; *) exit 0;; esac\n`,
        { mode: 0o755 },
      )
    const env = { PATH: `${bin}:${at.env.PATH}` }
    await finds(at, 'service', 'ok', /^none is installed$/, { env })
    const project = readProject(path.join(at.folder, 'sparkq.yml'))
    const service = findService(project, { ...at.env, ...env }) as { file: string }
    fs.mkdirSync(path.dirname(service.file), { recursive: true })
    fs.writeFileSync(service.file, '')
    answer(1)
    const next = await finds(at, 'service', 'warning', /is installed, and is not started at login\.$/, {
      env,
    })
    assert.match(
      next.join('\n'),
      /^systemctl --user daemon-reload\nsystemctl --user enable --now sparkq-.*\.service$/,
    )
    answer(0)
    await finds(at, 'service', 'ok', /is started at login, and runs$/, { env })
  })

  test('on which nobody could be told', async t => {
    const at = await site(t, { 'sparkq.yml': 'notify: {command: "true", desktop: false}\n' })
    await finds(at, 'notify', 'ok', /^a command$/)
    tamper(
      at,
      `INSERT INTO notifications (seq, kind, at, error)
       VALUES (1, 'task_failed/command', '2026-01-01T00:00:00.000Z', 'It exited with 7.')`,
    )
    const next = await finds(at, 'notify', 'warning', /^The last one failed .* ago: It exited with 7\.$/)
    assert.deepEqual(next, ['sparkq notify test'])
  })
})
