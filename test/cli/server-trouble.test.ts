import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { identify, self } from '../../src/processes/identity.ts'
import { findServer } from '../../src/server/lock.ts'
import { logOf, type ServerSite, serverSite } from '../server/support.ts'
import { waitFor } from '../support/wait.ts'

/** The lock of a server that was killed, and whose pid this test has by now. */
function leaveStaleLock({ lockFile }: ServerSite): void {
  const { pid, boot_id, hostname } = self()
  const rest = JSON.stringify({ asked: { host: null, port: null }, host: '127.0.0.1', access: 'local' })
  const lines = [pid, '1', boot_id, 'http://127.0.0.1:1', hostname, '2026-01-01T00:00:00.000Z', rest]
  fs.writeFileSync(lockFile, `${lines.join('\n')}\n`)
}

async function squat(t: TestContext): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => void server.close())
  return (server.address() as net.AddressInfo).port
}

const isGone = (pid: number) => waitFor('it is gone', () => identify(pid) === null)

describe('a server in trouble', { concurrency: 2 }, () => {
  test('a lock whose pid another process has by now stops nobody', async t => {
    const at = await serverSite(t)
    leaveStaleLock(at)
    assert.match((await at.sparkq(['status'])).stdout, /^No server runs\.\n/)
    assert.equal((await at.sparkq(['stop'])).stdout, 'No server runs.\n')
    const started = await at.sparkq(['start'])
    assert.match(started.stdout, /^SparkQ runs at /)
    assert.notEqual((await at.running()).process.pid, process.pid)
    await at.sparkq(['stop'])
  })

  test('of five starts at once one wins; the others say where it runs', async t => {
    const at = await serverSite(t)
    leaveStaleLock(at)
    const starts = await Promise.all(Array.from({ length: 5 }, () => at.sparkq(['start'])))
    const { address, process: owner } = await at.running()
    assert.deepEqual(
      starts.map(it => it.code),
      [0, 0, 0, 0, 0],
      starts.map(it => it.stderr).join('\n'),
    )
    const where = `at ${address} · process ${owner.pid}, since `
    for (const { stdout } of starts) assert.ok(stdout.includes(where), stdout)
    assert.deepEqual(starts.map(it => it.stdout.split(' at ')[0]).sort(), [
      'SparkQ runs',
      ...Array.from({ length: 4 }, () => 'SparkQ runs already'),
    ])
    assert.equal(logOf(at).match(/server\.started/g)?.length, 1)
    await at.sparkq(['stop'])
  })

  test('of five runs at once one wins; the others say who holds it, and exit with 4', async t => {
    const at = await serverSite(t)
    leaveStaleLock(at)
    const runs = Array.from({ length: 5 }, () => at.start(['run']))
    const { process: owner } = await at.running()
    const winner = runs.find(it => it.child.pid === owner.pid)
    for (const run of runs.filter(it => it !== winner)) {
      const { stdout, stderr, code } = await run.ended
      assert.deepEqual([stdout, code], ['', 4])
      assert.match(stderr, new RegExp(`^A server of this project runs already: process ${owner.pid}[ ,]`))
    }
    assert.equal((await at.running()).process.pid, owner.pid)
    winner?.child.kill('SIGTERM')
    assert.equal((await winner?.ended)?.code, 0)
  })

  test('after kill -9 it can be started again at once', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { process: killed } = await at.running()
    process.kill(killed.pid, 'SIGKILL')
    const started = await at.sparkq(['start'])
    assert.equal(started.code, 0, started.stderr)
    await waitFor('another one runs', async () => (await at.running()).process.pid !== killed.pid)
    await at.sparkq(['stop'])
    assert.ok(!fs.existsSync(at.lockFile))
  })

  for (const [signal, code] of [
    ['SIGTERM', 0],
    ['SIGHUP', 0],
    ['SIGINT', 130],
  ] as const) {
    test(`${signal} ends it, and takes its lock away`, async t => {
      const at = await serverSite(t)
      const run = at.start(['run'])
      await at.running()
      run.child.kill(signal)
      assert.equal((await run.ended).code, code)
      assert.ok(!fs.existsSync(at.lockFile))
      assert.match(logOf(at), new RegExp(`server\\.stopped .*reason=${signal}\n$`))
    })
  }

  test('an error that nobody caught ends it in order, and stands in the log whole', async t => {
    const at = await serverSite(t)
    const fault = "process.on('SIGUSR2', function broken() { throw new Error('boom') })"
    const run = at.start(['run'], { env: { NODE_OPTIONS: `--import="data:text/javascript,${fault}"` } })
    await at.running()
    run.child.kill('SIGUSR2')
    assert.equal((await run.ended).code, 1)
    assert.ok(!fs.existsSync(at.lockFile))
    assert.match(
      logOf(at),
      / error failed where="the server" error="Error: boom\\n.*broken.*\n.* reason="an error"\n$/,
    )
  })

  test('a signal while it is about to start ends it as well', async t => {
    const at = await serverSite(t)
    const run = at.start(['run'])
    await waitFor('the lock is taken', () => fs.existsSync(at.lockFile))
    run.child.kill('SIGTERM')
    assert.equal((await run.ended).code, 0)
    assert.ok(!fs.existsSync(at.lockFile))
  })

  test('its lock goes even when nobody reads any more what it says', async t => {
    const at = await serverSite(t)
    const run = at.start(['run'])
    run.child.stdout?.destroy()
    run.child.stderr?.destroy()
    await run.ended
    assert.ok(!fs.existsSync(at.lockFile))
  })

  test('a port that is taken is named, with who has it', async t => {
    const at = await serverSite(t)
    const port = await squat(t)
    const sentence =
      process.platform === 'linux'
        ? new RegExp(`^Port ${port} is taken by process ${process.pid} \\(.*node.*\\)\\.\n {2}--port 0 `)
        : new RegExp(`^Port ${port} is taken by `)
    for (const command of ['run', 'start', 'restart']) {
      const { stdout, stderr, code } = await at.sparkq([command, '--port', String(port)])
      assert.deepEqual([stdout, code], ['', 1], command)
      assert.match(stderr, sentence)
      assert.ok(!fs.existsSync(at.lockFile))
    }
    const free = await at.sparkq(['start', '--port', '0'])
    assert.equal(free.code, 0, free.stderr)
    await at.sparkq(['stop'])
  })

  test('a server that is about to start is waited for', async t => {
    const at = await serverSite(t)
    const run = at.start(['run'])
    await waitFor('the lock is taken', () => fs.existsSync(at.lockFile))
    const started = await at.sparkq(['start'])
    assert.match(started.stdout, new RegExp(`^SparkQ runs already at http.* · process ${run.child.pid}, `))
    await at.sparkq(['stop'])
    assert.equal((await run.ended).code, 0)
  })

  test('one that does not answer any more is shown as such, and can be stopped', async t => {
    const at = await serverSite(t)
    await at.sparkq(['start'])
    const { process: owner } = await at.running()
    process.kill(owner.pid, 'SIGSTOP')
    const { stdout, code } = await at.sparkq(['status'])
    process.kill(owner.pid, 'SIGCONT')
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^! The server \\(process ${owner.pid}, since .*\\) does not answer: `))
    await at.sparkq(['stop'])
    await isGone(owner.pid)
  })

  test('one whose sparkq.yml is broken or gone meanwhile can be stopped', async t => {
    for (const spoil of [(file: string) => fs.appendFileSync(file, '\nnope: [\n'), fs.rmSync]) {
      const at = await serverSite(t)
      await at.sparkq(['config', 'set', 'tools.mine', '{task_class: LLM_LITE, command: [cat]}'])
      await at.sparkq(['start'])
      const { process: owner } = await at.running()
      spoil(path.join(at.folder, 'sparkq.yml'))
      const { code, stdout, stderr } = await at.sparkq(['stop'])
      assert.equal(code, 0, stderr)
      assert.match(stdout, new RegExp(`^Stopped the server \\(process ${owner.pid}\\)\\.`))
      assert.match(stderr, /Going by the default paths\./)
      await isGone(owner.pid)
      const database = new DatabaseSync(path.join(at.folder, 'sparkq/data/sparkq.db'), { readOnly: true })
      const kept = database.prepare("SELECT count(*) AS n FROM tools WHERE name = 'mine'").get()
      database.close()
      assert.equal(kept?.n, 1)
    }
  })

  test('a start that is not possible leaves neither lock nor process', async t => {
    const at = await serverSite(t)
    const { stderr, code } = await at.sparkq(['start', '--host', '192.0.2.1'])
    assert.equal(code, 1)
    assert.match(stderr, /^"192\.0\.2\.1" is no address of this machine/)
    assert.equal(findServer(at.lockFile), undefined)
    assert.equal((await at.sparkq(['run', '--port', '70000'])).code, 2)
    assert.ok(!fs.existsSync(at.lockFile))
  })
})
