import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import { startWrapped } from '../../src/runner/wrapper.ts'
import { smallDisk } from '../support/small-disk.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

const megabyte = 1024 * 1024
const limits = (min_free_mb: number) =>
  `limits: {stop_grace: 0.3, retry_delay: 0.05, min_free_mb: ${min_free_mb}}\n`

const output = async (lane: Lane, id: string, stream: 'stdout' | 'stderr' = 'stdout') => {
  const parts: Uint8Array[] = []
  for (let offset = 0; ; ) {
    const { bytes, next_offset } = await lane.api.readOutput({ id, stream, offset })
    if (bytes.length === 0) return Buffer.concat(parts).toString()
    parts.push(bytes)
    offset = next_offset
  }
}

test('a task that fills the disk ends by itself; the lane waits for room, and goes on when there is', async t => {
  const disk = smallDisk(t, 24)
  if (!disk) return
  const lane = await openLane(t, limits(4), disk.folder)
  disk.fill(10 * megabyte)
  await lane.bash('seq 100000000')
  await lane.bash('echo two')
  await lane.bash('echo three')
  const runner = lane.spawnRunner('run')
  await waitFor('the disk is full', () => disk.free() < 4096)
  await waitFor('the runner says that it waits for room, or that nothing can be written', () =>
    runner.lines.some(line => /"because":"no_space"|The disk is full/.test(line)),
  )
  assert.equal((await lane.task('Q-2')).status, 'queued')
  assert.equal((await lane.api.getQueue({ id: 'q' })).queue.status, 'active')
  disk.makeRoom()
  await runner.ended

  const [first, second, third] = await Promise.all(['Q-1', 'Q-2', 'Q-3'].map(lane.task))
  assert.deepEqual([first?.status, first?.exit_code, first?.attempts], ['failed', 1, 1])
  assert.deepEqual([second?.status, third?.status], ['succeeded', 'succeeded'])
  const written = await output(lane, 'Q-1')
  assert.ok(written.length > 5 * megabyte)
  let at = 0
  for (let i = 1; at < written.length; i++) {
    const line = `${i}\n`
    assert.equal(written.slice(at, at + line.length), line.slice(0, written.length - at))
    at += line.length
  }
  await assertNothingLeft(lane)
})

test('a task that ends on a full disk while no runner is there has its true end', async t => {
  const disk = smallDisk(t, 24)
  if (!disk) return
  const lane = await openLane(t, limits(4), disk.folder)
  await lane.bash('echo one; until [ -e go ]; do sleep 0.01; done; echo two; exit 7')
  const first = lane.spawnRunner('watch')
  await first.saw('output', 'Q-1')
  disk.fill()
  first.kill('SIGKILL')
  await first.ended
  fs.writeFileSync(path.join(disk.folder, 'go'), '')
  const { id } = await lane.task('Q-1')
  const { status } = attemptFiles(lane.project.logs, id, 1)
  await waitFor('its end is recorded', () => readStatus(status).exit !== null)
  assert.equal(disk.free(), 0)
  disk.makeRoom()
  await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.exit_code, task.attempts], ['failed', 7, 1])
  assert.equal(await output(lane, 'Q-1'), 'one\ntwo\n')
  await assertNothingLeft(lane)
})

test('a runner whose task ends on a full disk says so once, and finishes it when there is room', async t => {
  const disk = smallDisk(t, 24)
  if (!disk) return
  const lane = await openLane(t, limits(4), disk.folder)
  // The answer is too large for what the write-ahead log has room for.
  await lane.bash(
    `until [ -e go ]; do sleep 0.01; done; printf '{"summary": "s", "data": "%s"}' "$(head -c 3000000 /dev/zero | tr '\\0' x)" > "$SPARKQ_RESULT_FILE"; rm go; until [ -e on ]; do sleep 0.01; done; exit 0`,
  )
  await lane.bash('echo two')
  const runner = lane.spawnRunner('run')
  await runner.saw('task_started', 'Q-1')
  fs.writeFileSync(path.join(disk.folder, 'go'), '')
  await waitFor('the result is written', () => !fs.existsSync(path.join(disk.folder, 'go')))
  disk.fill()
  fs.writeFileSync(path.join(disk.folder, 'on'), '')
  const said = () =>
    runner.lines.filter(line => line.includes('The disk is full: nothing was changed. Trying again'))
  await waitFor('the runner says it', () => said().length > 0)
  assert.equal((await lane.task('Q-1')).status, 'running')
  disk.makeRoom()
  await runner.ended
  assert.equal(said().length, 1)
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.result_summary], ['succeeded', 's'])
  assert.equal((task.result_data as string).length, 3_000_000)
  assert.equal((await lane.task('Q-2')).status, 'succeeded')
  await assertNothingLeft(lane)
})

test('a task that there was no room to start goes back uncharged, and is started when there is', async t => {
  const disk = smallDisk(t, 24)
  if (!disk) return
  // The output is on the small disk, the database is not; nobody asks for room first.
  const lane = await openLane(t, limits(0))
  fs.mkdirSync(path.dirname(lane.project.logs), { recursive: true })
  fs.symlinkSync(disk.folder, lane.project.logs)
  fs.mkdirSync(path.join(disk.folder, 'tasks'))
  disk.fill()
  await lane.bash('echo one')
  const runner = lane.spawnRunner('run')
  await runner.saw('waiting')
  const waiting = await lane.task('Q-1')
  assert.deepEqual([waiting.status, waiting.attempts, waiting.wait_reason], ['queued', 0, 'retry'])
  const { attempts } = await lane.api.listAttempts({ id: 'Q-1' })
  assert.deepEqual(
    attempts.map(it => [it.outcome, it.charged, it.error_message]),
    [['returned', false, 'It could not be started: the disk is full.']],
  )
  disk.makeRoom()
  await lane.api.updateTask({ id: 'Q-1', not_before: null })
  await runner.ended
  assert.deepEqual([(await lane.task('Q-1')).status, await output(lane, 'Q-1')], ['succeeded', 'one\n'])
})

test('the recorder records the exit on a full disk, and waits for room where it must', async t => {
  const disk = smallDisk(t, 2)
  if (!disk) return
  const start = async (name: string) => {
    const files = attemptFiles(disk.folder, name, 1)
    fs.mkdirSync(files.folder, { recursive: true })
    const go = path.join(disk.folder, `${name}.go`)
    const argv = ['bash', '-c', `until [ -e ${go} ]; do sleep 0.01; done; kill -9 $$`]
    const { exited } = await startWrapped({ argv, cwd: disk.folder, env: {} }, process.env, files)
    await waitFor('it has started', () => readStatus(files.status).pid !== null)
    return { files, exited, letGo: () => fs.writeFileSync(go, '') }
  }
  const usual = await start('usual')
  const bare = await start('bare')
  // As on a file system that gives a block to nobody for good.
  fs.truncateSync(bare.files.status, 0)
  disk.fill()
  usual.letGo()
  bare.letGo()
  await usual.exited
  assert.deepEqual(readStatus(usual.files.status).exit, { code: null, signal: 'SIGKILL' })
  assert.equal(readStatus(bare.files.status).exit, null)
  disk.makeRoom()
  await bare.exited
  assert.notEqual(readStatus(bare.files.status).exit, null)
})
