import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { bootId, identify, liveness, self } from '../../src/processes/identity.ts'
import { listFromProc } from '../../src/processes/proc.ts'
import { scene, start, until } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' }

test('this process knows itself, and is alive', () => {
  assert.equal(self().pid, process.pid)
  assert.equal(self().hostname, hostname())
  assert.deepEqual(self(), identify(process.pid))
  assert.equal(self(), self())
  assert.equal(liveness(self()), 'alive')
})

test('a finished process has no identity, and the one it had is dead', async t => {
  const identity = start(t, ['sleep', '600'])
  assert.equal(liveness(identity), 'alive')
  process.kill(identity.pid, 'SIGKILL')
  await until('it is gone', () => identify(identity.pid) === null)
  assert.equal(liveness(identity), 'dead')
})

test('two processes with the same pid are told apart by their start', () => {
  assert.equal(liveness({ ...self(), start_time: '1' }), 'dead')
})

test('a machine that changed its name is still the same one', () => {
  assert.equal(liveness({ ...self(), hostname: 'elsewhere.example' }), 'alive')
})

test('a process of another machine is remote', () => {
  assert.equal(liveness({ ...self(), hostname: 'elsewhere.example', start_time: 'another' }), 'remote')
  assert.equal(liveness({ ...self(), hostname: 'elsewhere.example', boot_id: 'other' }), 'remote')
})

test('nothing survives a reboot', t => {
  const before = self()
  assert.equal(before.boot_id, bootId())
  process.env.SPARKQ_TEST_BOOT_ID = 'the-next-boot'
  t.after(() => delete process.env.SPARKQ_TEST_BOOT_ID)
  assert.equal(liveness(before), 'dead')
  assert.equal(identify(process.pid)?.boot_id, 'the-next-boot')
})

test('a process may have spaces and parentheses in its name', onLinux, async t => {
  const name = 'a) R 1 (b'
  const file = join(scene(t).dir, name)
  symlinkSync(spawnSync('bash', ['-c', 'type -P bash'], { encoding: 'utf8' }).stdout.trim(), file)
  const { pid } = start(t, [file, '-c', 'read -r <> <(:)'])
  assert.equal(readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), name)
  const row = [...listFromProc()].find(each => each.pid === pid)
  assert.equal(row?.ppid, process.pid)
  assert.equal(row?.pgid, pid)
  assert.match(row?.start_time ?? '', /^\d+$/)
})

test('a zombie is gone', onLinux, async t => {
  // The child ends only when its parent has become a program that does not reap it.
  const child = 'until read -r name </proc/$$/comm && [ "$name" = sleep ]; do :; done'
  const zombie = Number(await firstLine(t, 'bash', ['-c', `(${child}) & echo $!; exec sleep 600`]))
  await until('it is a zombie', () => readFileSync(`/proc/${zombie}/stat`, 'latin1').includes(') Z '))
  assert.equal(identify(zombie), null)
  assert.ok(![...listFromProc()].some(row => row.pid === zombie))
})

const noPython = spawnSync('python3', ['--version']).status !== 0
test('a process whose main thread has ended still runs', { skip: noPython || onLinux.skip }, async t => {
  const code = `
import ctypes, os, threading, time
print(os.getpid(), flush=True)
threading.Thread(target=time.sleep, args=(600,)).start()
ctypes.CDLL(None).pthread_exit(None)`
  const pid = Number(await firstLine(t, 'python3', ['-c', code]))
  await until('its main thread has ended', () => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '))
  assert.equal(identify(pid)?.pid, pid)
})

async function firstLine(t: TestContext, file: string, args: string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise(resolve => child.once('exit', resolve))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return await new Promise(resolve => child.stdout.once('data', data => resolve(String(data).trim())))
}
