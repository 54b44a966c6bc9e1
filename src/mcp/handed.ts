import { createHash } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import type { Output } from '../contract/api.ts'
import { Nullable, oneOf, Timestamp } from '../contract/fields.ts'
import { answersText } from '../contract/questions.ts'
import type { ClaimRefusal } from '../contract/tasks.ts'
import { claimRefusals, Task } from '../contract/tasks.ts'
import { clock } from '../contract/time-text.ts'
import { type Next, nextCalls, nextText, paragraphs, yourWords } from './next.ts'
import type { Answer } from './tool.ts'
import { stopsText, workText } from './work-text.ts'

/** What a worker needs to know of a task besides its work. */
export const WorkTask = Type.Composite([
  Type.Pick(Task, [
    ...(['id', 'friendly_id', 'tool_name', 'task_class', 'status', 'timeout', 'stops_at'] as const),
    ...(['attempt', 'attempts', 'max_attempts', 'wait_reason', 'worker_id', 'claimed_at'] as const),
  ]),
  Type.Object({ lane: Type.String() }),
])
export type WorkTask = Static<typeof WorkTask>

/** The answer of a claim: the task, or why there is none. */
export const Handed = Type.Object({
  task: Nullable(WorkTask),
  work: Nullable(Type.String({ description: 'what to do, in words' })),
  answers: Nullable(Type.String({ description: 'what its workers asked the person, with the answers' })),
  instructions: Nullable(
    Type.String({ description: 'what holds for all tasks of the lane; null: none, or you have seen them' }),
  ),
  instructions_digest: Nullable(
    Type.String({ description: 'pass it as seen_instructions once you know them' }),
  ),
  none_because: Nullable(oneOf(claimRefusals)),
  retry_at: Nullable(Timestamp),
  next: nextCalls,
})
export type Handed = Static<typeof Handed>

/** A task's part that workers see. */
export function workTask(task: Task): WorkTask {
  const { id, friendly_id, tool_name, task_class, status, timeout, stops_at } = task
  const { attempt, attempts, max_attempts, wait_reason, worker_id, claimed_at, queue } = task
  return {
    ...{ id, friendly_id, lane: queue.name, tool_name, task_class, status, timeout, stops_at },
    ...{ attempt, attempts, max_attempts, wait_reason, worker_id, claimed_at },
  }
}

/** Hands a claimed task over: the lane's instructions unless they were seen, the work, and how it is finished. */
export function handOver(task: Task, seen: string | undefined): Answer<Handed> {
  const opening = `${task.friendly_id} is yours: attempt ${task.attempt}, ${task.tool_name}${stopsText(task)}.`
  return hand(task, { seen, opening, next: finishing(task) })
}

/** Shows the task that a claim would hand over. */
export function showNext(task: Task, seen: string | undefined): Answer<Handed> {
  const lane = task.queue.name
  const opening = `Next in the lane "${lane}" is ${task.friendly_id}, ${task.tool_name}. Nobody has it yet.`
  return hand(task, { seen, opening, next: [{ when: 'to take it', tool: 'claim', arguments: { lane } }] })
}

function hand(
  task: Task,
  { seen, opening, next }: { seen: string | undefined; opening: string; next: Next[] },
): Answer<Handed> {
  const all = task.queue.instructions ?? null
  const instructions_digest = digest(all)
  const instructions = seen !== undefined && seen === instructions_digest ? null : all
  const work = workText(task)
  const answers = answersText(task.questions) || null
  return {
    data: {
      ...{ task: workTask(task), work, answers, instructions, instructions_digest },
      ...{ none_because: null, retry_at: null, next },
    },
    text: paragraphs(
      opening,
      instructions && `Instructions of the lane "${task.queue.name}":\n\n${instructions}`,
      work,
      answers,
      nextText(next),
    ),
  }
}

/** What a look at a lane found: nothing to take, and why. */
export function nothing(
  lane: string,
  { none_because, retry_at }: Pick<Output<'claimTask'>, 'none_because' | 'retry_at'>,
): Answer<Handed> {
  const next: Next[] = [{ when: 'to wait for work', tool: 'wait_for_task', arguments: { lane } }]
  const why = none_because === null ? '' : reasons[none_because]
  const when = retry_at === null ? '' : ` That may change at ${clock(retry_at)}.`
  return {
    data: {
      ...{ task: null, work: null, answers: null, instructions: null, instructions_digest: null },
      ...{ none_because, retry_at, next },
    },
    text: paragraphs(`Nothing to take in the lane "${lane}"${why}.${when}`, nextText(next)),
  }
}

const reasons: Record<ClaimRefusal, string> = {
  empty: ': it is empty',
  not_active: ': it is not active, the person has to open it',
  delayed: ': all its tasks are delayed',
  waiting: ': its first task waits for a retry, a limit or an answer',
  other_tool: ': its first task is for another tool',
  no_space: ': the disk has too little room',
  provider: ': the agent that its first task needs is at its limit',
  tree_busy: ': another task works in the same tree',
  max_running: ': as many tasks run as limits.max_running allows',
  stopping: ': its runner was asked to go',
}

function finishing(task: Task): Next[] {
  const { friendly_id, attempt, queue } = task
  const which = { task: friendly_id, attempt }
  return [
    { when: 'it is done', tool: 'complete', arguments: { ...which, result_summary: yourWords } },
    { when: 'it cannot be done', tool: 'fail', arguments: { ...which, error_message: yourWords } },
    { when: 'only the person can decide', tool: 'ask', arguments: { ...which, question: yourWords } },
    waitCall(queue.name, digest(queue.instructions), 'after that'),
  ]
}

/** The call that takes the next task of a lane, for one who knows its instructions. */
export const waitCall = (lane: string, seen: string | null, when = 'to take the next task'): Next => ({
  when,
  tool: 'wait_for_task',
  arguments: { lane, ...(seen === null ? {} : { seen_instructions: seen }) },
})

/** Tells whether instructions are those that were seen. */
export function digest(instructions: string | null | undefined): string | null {
  return instructions ? createHash('sha256').update(instructions).digest('hex').slice(0, 8) : null
}
