import assert from 'node:assert/strict'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { describe, test } from 'node:test'
import { logOf, type ServerSite, serverSite } from '../server/support.ts'
import { emptySite } from './run-cli.ts'

const onLinux = { skip: process.platform !== 'linux' }

const health = async (address: string) => (await fetch(`${address}/health`)).status
const tools = async ({ core }: ServerSite) => (await core.listTools()).tools.map(tool => tool.name)

describe('the server’s commands', { concurrency: 4 }, () => {
  test('start, status, stop', async t => {
    const at = await serverSite(t)
    const started = await at.sparkq(['start'])
    const { address, process: owner } = await at.running()
    assert.equal(started.code, 0, started.stderr)
    assert.match(
      started.stdout,
      new RegExp(
        `^SparkQ runs at ${address} · process ${owner.pid}, since \\d\\d:\\d\\d\nIt works no lane\\.\n$`,
      ),
    )
    assert.equal(await health(address), 200)

    const status = await at.sparkq(['status'])
    assert.match(status.stdout, new RegExp(`^SparkQ runs at ${address} · process ${owner.pid}, `))
    assert.match(status.stdout, /\n {2}lets in {3}you, on this machine\n/)

    const stopped = await at.sparkq(['stop'])
    assert.deepEqual(
      [stopped.stdout, stopped.stderr, stopped.code],
      [`Stopped the server (process ${owner.pid}).\n`, '', 0],
    )
    assert.ok(!fs.existsSync(at.lockFile))
    await assert.rejects(health(address))
    const log = logOf(at).trimEnd().split('\n')
    assert.equal(log.length, 2)
    assert.match(log[0] ?? '', new RegExp(` info server\\.started address=${address} pid=${owner.pid} `))
    assert.match(log[1] ?? '', / info server\.stopped pid=\d+ reason=SIGTERM$/)
  })

  test('start twice says where it runs already; stop twice that none runs', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const before = await at.running()
    const again = await at.sparkq(['start', '--port', '1'])
    assert.equal(again.code, 0)
    assert.match(again.stdout, new RegExp(`^SparkQ runs already at ${before.address} `))
    assert.deepEqual(await at.running(), before)
    await at.sparkq(['stop'])
    const none = await at.sparkq(['stop'])
    assert.deepEqual([none.stdout, none.code], ['No server runs.\n', 0])
  })

  test('restart keeps the port that was asked for, and reads the settings anew', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { address } = await at.running()
    await at.sparkq(['stop'])
    const { port } = new URL(address)
    await at.sparkq(['start', '--port', port])
    const before = await at.running()
    fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), 'server: {host: 127.0.0.1, access: open}\n')
    const restarted = await at.sparkq(['restart'])
    assert.equal(restarted.code, 0, restarted.stderr)
    const after = await at.running()
    assert.equal(after.address, before.address)
    assert.notEqual(after.process.pid, before.process.pid)
    assert.match(
      restarted.stderr,
      new RegExp(`^Stopped the server \\(process ${before.process.pid}\\)\\.\n! It is open: `),
    )
    await at.sparkq(['stop'])
    const fresh = await at.sparkq(['restart', '--port', '0'])
    assert.match(fresh.stdout, /^SparkQ runs at http/)
    await at.sparkq(['stop'])
  })

  test('restart with a mistake in the settings stops nothing', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const before = await at.running()
    const config = path.join(at.folder, 'sparkq.yml')
    const good = fs.readFileSync(config)
    fs.writeFileSync(config, 'server: {prt: 1}\n')
    const { stderr, code } = await at.sparkq(['restart'])
    assert.equal(code, 2)
    assert.match(stderr, /there is no setting "server\.prt"\. Did you mean "port"\?/)
    assert.deepEqual(await at.running(), before)
    fs.writeFileSync(config, good)
    await at.sparkq(['stop'])
  })

  test('status works without a server, and is what "sparkq" alone does', async t => {
    const at = await serverSite(t)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    const [status, alone] = await Promise.all([at.sparkq(['status']), at.sparkq([])])
    assert.deepEqual(alone, status)
    assert.equal(status.code, 0)
    assert.match(status.stdout, /^No server runs\.\n {2}runners {3}none\n {2}sessions {2}default\n/)
    assert.match(status.stdout, /\n {2}○ {2}default {2}default +1 +0 +0 +0 {2}active\n$/)
    assert.equal(
      status.stderr,
      '  sparkq start --all               start the server, and work every lane\n  sparkq runner -q default         work what is queued\n',
    )
    const outside = emptySite(t)
    assert.match((await outside.sparkq([])).stdout, /^SparkQ: queue work/)
    assert.equal((await outside.sparkq(['status'])).code, 3)
  })

  test('status tells programs the same', async t => {
    const at = await serverSite(t)
    const read = async () => JSON.parse((await at.sparkq(['status', '--json'])).stdout)
    assert.equal((await read()).server, null)
    await at.sparkq(['start'])
    const { address, process: owner } = await at.running()
    const status = await read()
    assert.deepEqual(
      [status.server.address, status.server.process.pid, status.server.access, status.server.silent],
      [address, owner.pid, 'local', null],
    )
    assert.deepEqual(Object.keys(status), [
      'server',
      'refused_today',
      'space',
      'supervision',
      'notification',
      'unreviewed',
      'questions',
      'providers',
      'runners',
      'restarts',
      'sessions',
      'queues',
    ])
    assert.equal(status.queues[0].counts.queued, 0)
    await at.sparkq(['stop'])
  })

  test('status of a server elsewhere says where that is, and needs no project', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { address } = await at.running()
    const outside = emptySite(t)
    const [named, alone] = await Promise.all([
      outside.sparkq(['status', '--url', address]),
      outside.sparkq([], { env: { SPARKQ_URL: address } }),
    ])
    assert.deepEqual(alone, named)
    assert.match(
      named.stdout,
      new RegExp(
        `^SparkQ answers at ${address}\n {2}works {5}no lane\n {2}runners {3}none\n {2}sessions {2}default\n`,
      ),
    )
    await at.sparkq(['stop'])
  })

  test('status shows what was refused', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { address } = await at.running()
    for (let i = 0; i < 3; i++) assert.equal(await fetchAs(address, 'evil.test'), 403)
    await at.sparkq(['stop'])
    assert.match((await at.sparkq(['status'])).stdout, /\n {2}refused {3}3 requests today\n/)
  })

  test('status --token prints the token alone, the same as the server’s', async t => {
    const at = await serverSite(t)
    const { stdout, stderr, code } = await at.sparkq(['status', '--token'])
    assert.deepEqual([stderr, code], ['', 0])
    assert.match(stdout, /^[\w-]{43}\n$/)
    await at.sparkq(['start'])
    const file = path.join(at.folder, 'sparkq/data/token')
    assert.equal(fs.readFileSync(file, 'utf8'), stdout)
    assert.equal((fs.statSync(file).mode & 0o777).toString(8), '600')
    await at.sparkq(['stop'])
  })

  test('says loudly who may come in', async t => {
    const at = await serverSite(t, { 'sparkq.yml': 'server: {port: 0, access: open}\n' })
    const run = at.start(['run'])
    await at.running()
    assert.match(
      (await at.sparkq(['status'])).stderr,
      /^! It is open: .* everyone .*\n {2}Whoever comes in can run programs/,
    )
    run.child.kill('SIGTERM')
    const { stdout, stderr } = await run.ended
    assert.match(stdout, /^SparkQ runs at http:\/\/127\.0\.0\.1:\d+\n$/)
    assert.match(
      stderr,
      /^! It is open: it lets in everyone who can reach this machine, without the token\.\n/,
    )
    fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), 'server: {port: 0}\n')
    const started = await at.sparkq(['start'])
    assert.match(
      started.stderr,
      /^! Other machines reach it, as it listens on 0\.0\.0\.0\. .*sparkq status --token/,
    )
    await at.sparkq(['stop'])
    assert.doesNotMatch((await at.sparkq(['start', '--host', '127.0.0.1'])).stderr, /!/)
    await at.sparkq(['stop'])
  })

  test('reload says what changed, with a server and without', async t => {
    const at = await serverSite(t)
    const config = path.join(at.folder, 'sparkq.yml')
    const write = (more: string) => fs.writeFileSync(config, `server: {port: 0, host: 127.0.0.1}\n${more}`)
    const first = await at.sparkq(['reload'])
    assert.deepEqual([first.stdout, first.code], ['Nothing in sparkq.yml has changed.\n', 0])

    write('task_classes: {FAST: {timeout: 5}}\ntools: {mine: {task_class: FAST}}\n')
    const without = await at.sparkq(['reload'])
    assert.equal(without.code, 0, without.stderr)
    assert.match(without.stdout, /^Applied sparkq\.yml · 11 changes\n/)
    assert.match(without.stdout, /\n {2}tools\.mine added: \{"task_class":"FAST"\}\n/)
    assert.match(without.stdout, /\n {2}tools\.run-bash removed\n/)
    assert.deepEqual(await tools(at), ['mine'])

    await at.sparkq(['start'])
    write('task_classes: {FAST: {timeout: 6}}\ntools: {other: {task_class: FAST}}\nlimits: {stop_grace: 1}\n')
    const within = await at.sparkq(['reload'])
    assert.equal(
      within.stdout,
      `Applied sparkq.yml · 4 changes
  limits.stop_grace: 10 → 1
  task_classes.FAST.timeout: 5 → 6
  tools.mine removed
  tools.other added: {"task_class":"FAST"}
`,
    )
    assert.deepEqual(await tools(at), ['other'])
    assert.deepEqual(JSON.parse((await at.sparkq(['reload', '--json'])).stdout), {
      changes: [],
      warnings: [],
    })
    await at.sparkq(['stop'])
  })

  test('a broken file leaves all as it was', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { address } = await at.running()
    const before = await tools(at)
    const config = path.join(at.folder, 'sparkq.yml')
    const good = fs.readFileSync(config)
    fs.writeFileSync(config, 'tools:\n  mine: {task_clas: FAST_SCRIPT}\n')
    const { stdout, stderr, code } = await at.sparkq(['reload'])
    assert.deepEqual([stdout, code], ['', 2])
    assert.match(stderr, /^sparkq\.yml:2:3: |^sparkq\.yml:2:10: /)
    assert.deepEqual(await tools(at), before)
    assert.equal(await health(address), 200)
    fs.writeFileSync(config, good)
    await at.sparkq(['stop'])
  })

  test('a server that a task starts is no part of that task', onLinux, async t => {
    const at = await serverSite(t)
    const env = {
      SPARKQ_MARK: 'mark_of_a_task',
      SPARKQ_TASK_ID: 'tsk_1',
      SPARKQ_RESULT_FILE: '/tmp/x',
      MINE: 'kept',
    }
    const environment = async () => {
      const { process: owner } = await at.running()
      return fs.readFileSync(`/proc/${owner.pid}/environ`, 'utf8').split('\0')
    }
    for (const command of ['start', 'restart']) {
      const { code, stderr } = await at.sparkq([command], { env })
      assert.equal(code, 0, stderr)
      const words = await environment()
      assert.ok(words.includes('MINE=kept'))
      assert.deepEqual(
        words.filter(word => /^SPARKQ_(MARK|TASK|RESULT)/.test(word)),
        [],
      )
    }
    await at.sparkq(['stop'])
    const run = at.start(['run'], { env })
    assert.ok(!(await environment()).some(word => word.startsWith('SPARKQ_MARK')))
    run.child.kill('SIGTERM')
    assert.equal((await run.ended).code, 0)
  })
})

/** With a Host of the caller's choice, which fetch does not send. */
function fetchAs(address: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${address}/health`, { headers: { Host: host }, agent: false }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    request.once('error', reject)
  })
}
