// A process that enqueues on request and watches for the first byte of output: both ends of the time it reports are
// read from its own clock. usage (with an IPC channel): node enqueuer.ts SPARKQ_YML; then 'task' or 'floor', often.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { attemptFiles } from '../src/attempt-files/paths.ts'
import { readProject } from '../src/config.ts'
import { openCore } from '../src/connect.ts'
import { lane } from './ground.ts'
import { pause } from './measure.ts'

const project = readProject(process.argv[2] as string)
const core = openCore(project, 'bench')
const command = 'echo awake'
const lookEveryMs = 0.1
const limitMs = 10_000
const cell = new Int32Array(new SharedArrayBuffer(4))

process.on('message', async what => process.send?.(await (what === 'task' ? wakeRunner() : spawnBash())))
process.once('disconnect', () => process.exit())

async function wakeRunner(): Promise<number> {
  const { task } = await core.createTask({ queue_id: lane, tool_name: 'run-bash', payload: { command } })
  const ms = untilWritten(attemptFiles(project.logs, task.id, 1).stdout)
  while ((await core.getTask({ id: task.id })).task.finished_at === null) await pause(5)
  return ms
}

async function spawnBash(): Promise<number> {
  const file = path.join(project.root, 'floor.out')
  const fd = fs.openSync(file, 'w')
  const start = performance.now()
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', fd, fd] })
  const ms = untilWritten(file, start)
  await new Promise(resolve => child.once('exit', resolve))
  fs.closeSync(fd)
  return ms
}

function untilWritten(file: string, start = performance.now()): number {
  for (;;) {
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
    const ms = performance.now() - start
    if (size > 0) return ms
    if (ms > limitMs) throw new Error(`${file} is empty after ${limitMs} ms.`)
    Atomics.wait(cell, 0, 0, lookEveryMs)
  }
}
