import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { readHoles, readStretch, recordHole } from '../../src/attempt-files/holes.ts'
import { type AttemptFiles, attemptFiles, outputSizes } from '../../src/attempt-files/paths.ts'
import { blockBytes } from '../../src/attempt-files/punch.ts'
import { type OutputStream, outputStreams } from '../../src/contract/attempts.ts'
import { createOutputCap, planHoles } from '../../src/runner/output-cap.ts'
import { makeTempFolder, tempFolder, writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { type Lane, openLane } from './support.ts'

const limits = (max_output_mb: number) => `limits: {stop_grace: 0.3, max_output_mb: ${max_output_mb}}\n`
/** What `seq` writes, and what the task writes that lets itself be waited for. */
const numbers = (last: number) => Array.from({ length: last }, (_, i) => `${i + 1}\n`).join('')

/** What is kept of a stream, as `offset: bytes`; every byte is where it was written. */
function assertKept(files: AttemptFiles, stream: OutputStream, written: Buffer): number {
  const size = outputSizes(files)[stream]
  assert.equal(size, written.length)
  let kept = 0
  for (let offset = 0; offset < size; ) {
    const stretch = readStretch(files, stream, offset, 100_000)
    const { from, to } = { from: stretch.offset, to: stretch.offset + stretch.bytes.length }
    assert.ok(stretch.bytes.equals(written.subarray(from, to)), `${stream} from ${from} to ${to}`)
    kept += to - from
    offset = to
  }
  return kept
}

async function readAll({ api }: Lane, stream: OutputStream): Promise<{ from: number; text: string }[]> {
  const pieces: { from: number; text: string }[] = []
  const { sizes } = await api.listOutputMarks({ id: 'Q-1' })
  for (let offset = 0; offset < sizes[stream]; ) {
    const chunk = await api.readOutput({ id: 'Q-1', stream, offset })
    pieces.push({ from: chunk.offset, text: Buffer.from(chunk.bytes).toString('latin1') })
    offset = chunk.next_offset
  }
  return pieces
}

test('as the streams grow, holes only grow, and leave both with what they may have', () => {
  const growth = fc.record({ stdout: fc.nat(3_000_000), stderr: fc.nat(3_000_000) })
  fc.assert(
    fc.property(fc.array(growth, { maxLength: 20 }), fc.integer({ min: 1, max: 4_000_000 }), (steps, cap) => {
      const sizes = { stdout: 0, stderr: 0 }
      let before = planHoles(sizes, cap)
      for (const step of steps) {
        for (const stream of outputStreams) sizes[stream] += step[stream]
        const holes = planHoles(sizes, cap)
        let kept = 0
        for (const stream of outputStreams) {
          const [hole, old] = [holes[stream], before[stream]]
          if (old) assert.ok(hole && hole.from <= old.from && hole.to >= old.to)
          if (hole) assert.ok(hole.from < hole.to && hole.to <= sizes[stream])
          kept += sizes[stream] - (hole ? hole.to - hole.from : 0)
          // What either has for sure is not taken from it.
          if (sizes[stream] <= cap / 2) assert.equal(hole, null)
        }
        assert.ok(kept <= Math.max(0, cap) + 2 * blockBytes, `${kept} of ${cap}`)
        before = holes
      }
    }),
  )
})

test('whatever is written how, what is kept is what was written there, and not more than may be', async () => {
  const write = fc.record({
    stream: fc.constantFrom(...outputStreams),
    bytes: fc.oneof(fc.nat(500), fc.nat(300_000)),
    waits: fc.boolean(),
    runnerDies: fc.integer({ min: 0, max: 9 }).map(it => it === 0),
  })
  const cap = fc.integer({ min: 1, max: 400_000 })
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 25 }), cap, async (writes, capBytes) => {
      const logs = makeTempFolder()
      const files = attemptFiles(logs, 't', 1)
      fs.mkdirSync(files.folder, { recursive: true })
      for (const stream of outputStreams) fs.writeFileSync(files[stream], '')
      const written = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
      let keeper = createOutputCap(files, capBytes)
      for (const { stream, bytes, waits, runnerDies } of writes) {
        const at = written[stream].length
        const data = Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => 1 + ((at + i) % 251)))
        fs.appendFileSync(files[stream], data)
        written[stream] = Buffer.concat([written[stream], data])
        keeper.grown(outputSizes(files))
        // While it cuts, too, whoever reads sees no zeros.
        for (const it of outputStreams) assertKept(files, it, written[it])
        if (waits) await new Promise(resolve => setTimeout(resolve, 5))
        if (!runnerDies) continue
        keeper.stop()
        keeper = createOutputCap(files, capBytes)
      }
      keeper.stop()
      await keeper.finish()
      const kept = outputStreams.map(it => assertKept(files, it, written[it])).reduce((a, b) => a + b)
      assert.ok(kept <= capBytes + 2 * blockBytes, `${kept} of ${capBytes}`)
      const onDisk = outputStreams.map(it => fs.statSync(files[it]).blocks * 512).reduce((a, b) => a + b)
      assert.ok(onDisk <= capBytes + 4 * blockBytes, `${onDisk} of ${capBytes} on disk`)
      fs.rmSync(logs, { recursive: true })
    }),
    { numRuns: 20 },
  )
})

test('a record that was not written whole does not count', t => {
  const files = attemptFiles(tempFolder(t), 't', 1)
  fs.mkdirSync(files.folder, { recursive: true })
  recordHole(files, 'stdout', { from: 4096, to: 8192 })
  recordHole(files, 'stdout', { from: 4096, to: 999_424 })
  assert.deepEqual(readHoles(files), { stdout: { from: 4096, to: 999_424 }, stderr: null })
  const bytes = fs.readFileSync(files.cut)
  recordHole(files, 'stdout', { from: 4096, to: 1_003_520 })
  const after = fs.readFileSync(files.cut)
  const [first, last] = [
    bytes.findIndex((byte, i) => byte !== after[i]),
    bytes.findLastIndex((byte, i) => byte !== after[i]),
  ]
  for (let i = first; i <= last; i++) {
    fs.writeFileSync(files.cut, Buffer.concat([after.subarray(0, i), bytes.subarray(i)]))
    const { stdout } = readHoles(files)
    assert.ok(
      stdout && stdout.from === 4096 && [999_424, 1_003_520].includes(stdout.to),
      JSON.stringify(stdout),
    )
  }
  recordHole(files, 'stderr', { from: 0, to: 4096 })()
  assert.equal(readHoles(files).stderr, null)
})

test('of a task that writes too much beginning and end are kept, where they were, and it says so', async t => {
  const lane = await openLane(t, limits(1))
  await lane.bash('seq 1500000; echo oops >&2')
  await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.result_summary], ['succeeded', '1500000'])
  const written = numbers(1_500_000)
  const { sizes, left_out } = await lane.api.listOutputMarks({ id: 'Q-1' })
  assert.deepEqual(sizes, { stdout: written.length, stderr: 5 })
  const [hole] = left_out
  assert.ok(hole && left_out.length === 1 && hole.stream === 'stdout')
  const pieces = await readAll(lane, 'stdout')
  for (const { from, text } of pieces) assert.equal(text, written.slice(from, from + text.length))
  const kept = pieces.map(it => it.text.length).reduce((a, b) => a + b)
  assert.equal(kept, written.length - (hole.to - hole.from))
  assert.ok(kept <= 1024 * 1024 + 2 * blockBytes && kept > 1024 * 1024 - 2 * blockBytes, String(kept))
  assert.ok(Math.abs(hole.from - 512 * 1024) <= 2 * blockBytes, 'half of it is the beginning')
  const inside = await lane.api.readOutput({ id: 'Q-1', stream: 'stdout', offset: hole.from + 5, limit: 7 })
  assert.deepEqual([inside.offset, inside.next_offset, inside.total], [hole.to, hole.to + 7, written.length])
  const { attempts } = await lane.api.listAttempts({ id: 'Q-1' })
  assert.deepEqual(attempts[0]?.warnings, [
    '9.4 MB were left out of the middle of its stdout (limits.max_output_mb: 1).',
  ])
})

test('what a task wrote while no runner looked is cut when one comes', async t => {
  const lane = await openLane(t, limits(1))
  await lane.bash(
    'echo one; until [ -e go ]; do sleep 0.01; done; seq 1000000; rm go; until [ -e on ]; do sleep 0.01; done',
  )
  const first = lane.spawnRunner('watch')
  await first.saw('output', 'Q-1')
  first.kill('SIGKILL')
  await first.ended
  const go = path.join(lane.project.root, 'go')
  fs.writeFileSync(go, '')
  await waitFor('it has written', () => !fs.existsSync(go))
  assert.deepEqual((await lane.api.listOutputMarks({ id: 'Q-1' })).left_out, [])
  const working = lane.work()
  await waitFor('it is cut while it runs', async () => {
    return (await lane.api.listOutputMarks({ id: 'Q-1' })).left_out.length > 0
  })
  writeFiles(lane.project.root, { on: '' })
  await working
  const written = `one\n${numbers(1_000_000)}`
  for (const { from, text } of await readAll(lane, 'stdout')) {
    assert.equal(text, written.slice(from, from + text.length))
  }
  const { id } = await lane.task('Q-1')
  const { stdout } = attemptFiles(lane.project.logs, id, 1)
  await waitFor('it is off the disk', () => fs.statSync(stdout).blocks * 512 <= 1024 * 1024 + 2 * blockBytes)
})

test('where nothing can be left out of a file, nothing is, and the attempt says why', async t => {
  const lane = await openLane(t, limits(1))
  const programs = path.join(lane.project.root, 'programs')
  fs.mkdirSync(programs)
  for (const name of ['bash', 'seq', 'sleep']) {
    const found = (process.env.PATH ?? '').split(':').find(folder => fs.existsSync(path.join(folder, name)))
    fs.symlinkSync(path.join(found as string, name), path.join(programs, name))
  }
  const { PATH } = process.env
  t.after(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = programs
  await lane.bash('seq 300000')
  await lane.work()
  assert.equal((await readAll(lane, 'stdout')).map(it => it.text).join(''), numbers(300_000))
  const { attempts } = await lane.api.listAttempts({ id: 'Q-1' })
  assert.deepEqual(attempts[0]?.warnings, [
    'Its output is kept whole, although it is too much (limits.max_output_mb: 1): there is no program "fallocate".',
  ])
})
