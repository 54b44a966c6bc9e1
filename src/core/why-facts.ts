import type { Queue } from '../contract/queues.ts'
import type { MissingTool } from '../contract/runners.ts'
import { shellQueue } from '../contract/shell-word.ts'
import type { Space } from '../contract/space.ts'
import { isComing } from '../contract/supervision.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { duration, runTime } from '../contract/time-text.ts'
import type { Why, WhyCode } from '../contract/why.ts'
import type { StoredProvider } from '../store/providers.ts'
import type { Claimable } from '../store/tasks.ts'

/** Who works a lane: its runner, one that goes after its task, or nobody, and why not. */
export type LaneRunner =
  | { state: 'works' | 'stopping' | 'none' | 'off' }
  | {
      state: 'died'
      at: string
      exit_code: number | null
      signal: string | null
      restart_at: string | null
    }

/**
 * All that decides why a task is not running.
 *
 * @property waits        it is queued and cannot begin yet by itself (`mustWait`)
 * @property none_because what a claim of the lane's runner is answered now; null where it would take `head`
 * @property head         the first in line
 * @property ahead        how many tasks are in line before it
 * @property runner       who works the lane
 * @property is_supervised a server keeps runners
 * @property busy         what a runner of the lane has begun, and nobody has ended
 * @property has_exit     its recorder has written down how that ended
 * @property places       under `limits.max_running`, where that is what refuses a claim
 * @property question     what the task, or the first in line where the task waits for that, asks the person
 * @property executable   the tools that runners run
 * @property provider     what the agent of the first in line depends on; null where it is no agent's
 * @property canary       the task that tries that provider now
 * @property tree_holder  the task whose agent works in the tree, where that is what refuses a claim
 * @property missing      what the runner has not of the tool that the first in line is for
 * @property space        the disk that is too full, where that is what refuses a claim
 */
export type Facts = {
  task: Task
  queue: Pick<Queue, 'name' | 'status' | 'pause_reason' | 'paused_by' | 'resume_at'>
  now: number
  paused_at: string | null
  waits: boolean
  none_because: ClaimRefusal | null
  head: Pick<Claimable, 'id' | 'friendly_id' | 'tool_name' | 'wait_reason' | 'not_before'> | null
  ahead: number
  runner: LaneRunner
  is_supervised: boolean
  busy: Task | null
  has_exit: boolean
  question: string | null
  places: { max: number; running: string[] } | null
  space: Space | null
  executable: readonly string[]
  provider: Omit<StoredProvider, 'canary_attempt'> | null
  canary: Pick<Task, 'id' | 'friendly_id'> | null
  tree_holder: Task | null
  missing: MissingTool | null
}

/** What follows from the facts; where in line it stands is one of them. */
export type Said = Omit<Why, 'ahead'>
export type More = Partial<Pick<Said, 'until' | 'task_id' | 'next'>>

/** What is said of one task, or of another that waits behind it: `AUTH-5 …`, `…, which …`. */
export type Clause = { code: WhyCode; says: string } & More

export const why = (code: WhyCode, sentence: string, more: More = {}): Said => ({
  code,
  sentence,
  until: null,
  task_id: null,
  next: [],
  ...more,
})

export const isGone = ({ state }: LaneRunner): boolean =>
  state === 'none' || state === 'off' || state === 'died'

/** How the lane gets a runner. `start` also takes back that it is to have none; one that is started again anyway is waited for. */
export function startCommand(facts: Facts): string {
  const { queue, runner, is_supervised } = facts
  if (restartOf(facts) !== null) return 'sparkq status'
  const isServers = is_supervised || runner.state === 'off' || runner.state === 'stopping'
  return `sparkq ${isServers ? 'start' : 'runner'} ${shellQueue(queue.name)}`
}

export const restartOf = ({ runner, now }: Facts): string | null =>
  runner.state === 'died' && isComing(runner.restart_at, now) ? runner.restart_at : null

export const ranFor = (task: Task, now: number): string => duration(runTime(task, now) ?? 0)

/** Words of others within a sentence of ours. */
const longestQuote = 200
export function line(text: string): string {
  const folded = text.replace(/\s+/g, ' ').trim()
  return folded.length <= longestQuote ? folded : `${folded.slice(0, longestQuote).trimEnd()}…`
}

export const ended = (text: string): string => line(text).replace(/(?<![.!?…])$/, '.')
