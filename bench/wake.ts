import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { type Ground, type Grounds, lane, sparkq, stop } from './ground.ts'
import { inTurns, pause } from './measure.ts'
import type { Outcome } from './report.ts'

const rounds = 40
/** What a commit stirs up in a waiting runner is over after that long: each measurement finds it asleep. */
const settleMs = 300

/**
 * From the moment an enqueue has returned in one process to the first byte that the task has written, under a runner that
 * waits in another one. The floor starts the same Bash without any queue.
 */
export async function wake({ empty, full, start }: Grounds): Promise<Outcome> {
  const grounds = [empty, full]
  const runners = grounds.map(ground => start(ground, sparkq('runner', '-q', lane, '--watch')))
  const enqueuers = grounds.map(ground => start(ground, [enqueuer, ground.project.configFile], 'ipc'))
  await Promise.all(grounds.map(untilHeld))
  const [inEmpty, inFull] = enqueuers as [ChildProcess, ChildProcess]
  const samples = await inTurns(rounds, {
    floor: () => ask(inEmpty, 'floor'),
    empty: () => ask(inEmpty, 'task'),
    full: () => ask(inFull, 'task'),
  })
  for (const child of [...runners, ...enqueuers]) await stop(child)
  return {
    title: 'Enqueue in one process, first output under a waiting runner in another',
    floorName: "spawn bash -c 'echo awake', output to a file",
    showsDifference: true,
    ...samples,
  }
}

const enqueuer = path.join(import.meta.dirname, 'enqueuer.ts')

async function ask(child: ChildProcess, what: 'floor' | 'task'): Promise<number> {
  await pause(settleMs)
  const answer = new Promise<number>((resolve, reject) => {
    const ended = (): void => reject(new Error('The enqueuing process ended.'))
    child.once('exit', ended)
    child.once('message', ms => {
      child.off('exit', ended)
      resolve(ms as number)
    })
  })
  child.send(what)
  return answer
}

async function untilHeld({ core }: Ground): Promise<void> {
  while ((await core.listRunners()).runners.length === 0) await pause(50)
}
