import type { Api } from '../contract/api.ts'
import type { Attempt } from '../contract/attempts.ts'
import { listLeft } from '../contract/begun.ts'
import type { Config } from '../contract/config.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { liveness, self } from '../processes/identity.ts'
import { hasMark, listProcesses } from '../processes/table.ts'
import { adoptRunning } from '../runner/adopt.ts'
import type { RunnerEvent } from '../runner/report.ts'

export type OrphanOptions = {
  api: Api
  config: Config
  root: string
  logs: string
  configFile: string
  onTrouble: (queue: Queue, error: unknown) => void
  onSettled: (task: Task) => void
}

/** What has ended is seen to have at once; nothing else is waited for. */
const lookMs = 200

/**
 * Settles the tasks that a dead runner left and that are over: with their true exit where one was recorded. What still
 * runs is left alone, for a runner to take up or a sweep to end.
 *
 * It does so with the lane's lease, as two must never settle one task, and only what it has seen twice: a runner that
 * was restarted at once is to find its lane free.
 * @returns what is to be called now and then
 */
export function createOrphanCare(options: OrphanOptions): () => Promise<void> {
  let seen = new Map<string, number>()
  return async () => {
    const found = await findOrphans(options.api)
    seen = new Map(found.map(({ key }) => [key, 1 + (seen.get(key) ?? 0)]))
    const due = found.filter(({ key }) => isTurn(seen.get(key) ?? 0))
    const lanes = new Map(due.map(({ queue }) => [queue.id, queue]))
    for (const queue of lanes.values()) {
      // One lane that cannot be settled must not keep the others waiting.
      await settleLane(options, queue).catch(error => options.onTrouble(queue, error))
    }
  }
}

/** The second look, the fourth, the eighth: what cannot be settled yet does not keep its lane from runners. */
const isTurn = (looks: number): boolean => looks > 1 && (looks & (looks - 1)) === 0

/** `key` is the attempt, and whether something of it still lives. */
type Orphan = { queue: Queue; key: string }

async function findOrphans(api: Api): Promise<Orphan[]> {
  const orphans: Orphan[] = []
  for (const { task, attempt } of await listLeft(api)) {
    // Somebody is left who will record its end; of a process on another machine that cannot be told.
    if (attempt.process && liveness(attempt.process) !== 'dead') continue
    const { queue } = await api.getQueue({ id: task.queue.id })
    orphans.push({ queue, key: `${task.id} ${attempt.number} ${isSomethingLeft(attempt)}` })
  }
  return orphans
}

function isSomethingLeft({ claim_key }: Attempt): boolean {
  return claim_key !== null && listProcesses().some(row => hasMark(row.pid, claim_key))
}

async function settleLane(options: OrphanOptions, queue: Queue): Promise<void> {
  const { api, config, onSettled } = options
  const runner = await takeLane(api, queue)
  if (!runner) return
  try {
    const { root, logs, configFile } = options
    await adoptRunning(
      {
        ...{ api, root, logs, configFile },
        env: process.env,
        signal: AbortSignal.timeout(lookMs),
        stopGraceMs: config.limits.stop_grace * 1000,
        stall: { afterMs: 0, onStall: 'flag' },
        maxOutputBytes: config.limits.max_output_mb * 1024 * 1024,
        remote: false,
        report: (event: RunnerEvent) => {
          if (event.type === 'task_ended') onSettled(event.task)
        },
        // Nothing is begun here.
        toolOf: async () => undefined,
        seenChanges: 'none',
        onRun: () => {},
      },
      queue,
    )
  } finally {
    await api.stopRunner({ id: runner.id })
  }
}

async function takeLane(api: Api, queue: Queue) {
  try {
    return (await api.startRunner({ queue_id: queue.id, mode: 'once', process: self() })).runner
  } catch (error) {
    // A runner has come: all is well.
    if (error instanceof SparkqError && error.code === 'conflict') return undefined
    throw error
  }
}
