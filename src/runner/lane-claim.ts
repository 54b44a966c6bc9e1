import { findShortage } from '../attempt-files/space.ts'
import { SparkqError } from '../contract/errors.ts'
import { randomWord } from '../contract/ids.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import type { Space } from '../contract/space.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import type { LaneOptions } from './lane-options.ts'
import type { Toolbox } from './toolbox.ts'

export type NoTask = { task: null; because: ClaimRefusal; retryAt: string | null; space?: Space | null }
export type Claim = { task: Task; key: string } | NoTask

/** The claim's key is the mark that all processes of this attempt bear: known before any of them exists. */
export async function claimNext(
  { api, remote, logs, config }: LaneOptions,
  runner: Runner,
  toolbox: Toolbox,
): Promise<Claim> {
  // What is executed here is first kept here: of this disk the server knows nothing.
  const space = remote ? findShortage([logs], config.limits.min_free_mb) : null
  if (space && (await api.peekQueue({ id: runner.queue.id })).task)
    return { task: null, because: 'no_space', retryAt: null, space }
  const { tools, missing } = await toolbox.look()
  const key = `mark_${randomWord(20)}`
  const answer = await api.claimTask({
    id: runner.queue.id,
    worker_id: runner.worker_id,
    runner_id: runner.id,
    claim_key: key,
    tools,
    missing,
  })
  if (answer.task) return { task: answer.task, key }
  return { task: null, because: answer.none_because ?? 'empty', retryAt: answer.retry_at }
}

/** A claim is refused when the lane is no longer this runner's, or no longer there. */
export function whenGone(error: unknown): 'deleted' | 'lost' {
  if (error instanceof SparkqError && error.code === 'not_found') return 'deleted'
  if (error instanceof SparkqError && error.code === 'conflict') return 'lost'
  throw error
}

/** Says why the lane stands still, once per reason. @returns the lane as it is now */
export function createWaitingNote({ api, report }: LaneOptions, runner: Runner) {
  let told = ''
  return async ({ because, retryAt, space: here }: NoTask): Promise<Queue> => {
    const { id } = runner.queue
    const { queue } = await api.getQueue({ id })
    const { task: next } = because === 'other_tool' ? await api.peekQueue({ id }) : { task: null }
    // When a place will be free nobody knows: a time is only when to ask again.
    const until = because === 'max_running' || because === 'tree_busy' ? null : retryAt
    const key = `${because} ${until} ${next?.id} ${queue.status}`
    if (key !== told) {
      const space = because === 'no_space' ? (here ?? (await api.getHealth()).space) : null
      report({ type: 'waiting', queue, because, next, until, space })
    }
    told = key
    return queue
  }
}
