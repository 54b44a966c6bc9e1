import type { AgentOutcome } from '../../src/contract/agents.ts'
import type { Attempt } from '../../src/contract/attempts.ts'
import type { ErrorCode } from '../../src/contract/errors.ts'
import type { EventName } from '../../src/contract/events.ts'
import type { Question } from '../../src/contract/questions.ts'
import type { Queue, QueueStatus } from '../../src/contract/queues.ts'
import type { Session } from '../../src/contract/sessions.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { type ModelGate, openGate } from './gate.ts'

/**
 * What SparkQ holds, as plain lists: no SQL, no index, nothing kept twice. The rules over it (`lanes.ts`, `tasks.ts`,
 * `working.ts`) say SPEC 3 and 4 once more, as directly as they can be said.
 */
export type Model = {
  now: number
  sessions: ModelSession[]
  queues: ModelQueue[]
  tasks: ModelTask[]
  /** What was there once and is no more: everything asked of it is refused. */
  gone: { sessions: ModelSession[]; queues: ModelQueue[]; tasks: ModelTask[] }
  runners: ModelRunner[]
  claimKeys: string[]
  /** How many questions were asked so far. */
  asked: number
  /** What is to be in the audit log of the operation in hand. */
  events: ModelEvent[]
  settings: ModelSettings
  gate: ModelGate
}

export type ModelSettings = {
  keep_unreviewed: boolean
  needs: ('failures' | 'questions' | 'agents' | 'all')[]
}

export type ModelSession = Omit<Session, 'queue_count'>
export type ModelQueue = Omit<Queue, 'session' | 'counts' | 'runner_wanted'> & {
  session: ModelSession
  archivedFrom: QueueStatus | null
  lastNumber: number
  /** Its tasks in the order in which the lane takes them. */
  order: ModelTask[]
}
export type ModelTask = Omit<Task, 'queue' | 'session' | 'stalled_at' | 'questions'> & {
  queue: ModelQueue
  asked: ModelQuestion[]
  attemptList: ModelAttempt[]
}
export type ModelQuestion = Pick<
  Question,
  'id' | 'attempt' | 'question' | 'options' | 'asked_at' | 'answer' | 'answered_at'
> & { order: number }
/** `said`: how its agent ended, which is nothing that is shown of it. */
export type ModelAttempt = Omit<Attempt, 'command' | 'cwd' | 'warnings'> & { said?: AgentOutcome | null }
export type ModelRunner = {
  id: string
  queue: ModelQueue
  worker_id: string
  pid: number
  alive: boolean
  /** Since when it waits for others, and when that was last noted. */
  waiting: number | null
  heard: number
}
export type ModelEvent = {
  event: EventName
  session_id: string | null
  queue_id: string | null
  task_id: string | null
  attempt: number | null
  from_status: string | null
  to_status: string | null
  data: unknown
}

export function emptyModel(now: number, settings: ModelSettings): Model {
  const gone = { sessions: [], queues: [], tasks: [] }
  return {
    ...{ now, sessions: [], queues: [], tasks: [], gone, runners: [], claimKeys: [], asked: 0, events: [] },
    ...{ settings, gate: openGate() },
  }
}

/** The model's word for a call that is refused. */
export type Refusal = { refused: ErrorCode }
export const refuse = (code: ErrorCode): never => {
  throw { refused: code } satisfies Refusal
}
export const refuseIf = (is: boolean, code: ErrorCode): void => {
  if (is) refuse(code)
}

export const stamp = (ms: number): string => new Date(ms).toISOString()
/** A time as the caller wrote it, as SparkQ writes it. */
export const readTime = (text: string | null | undefined): string | null => {
  if (text?.startsWith('2026-02-30')) refuse('invalid')
  return text ? stamp(Date.parse(text)) : null
}

const key = (name: string) => name.trim().toLowerCase()
const orNone = <T>(found: T | undefined): T => found ?? refuse('not_found')

export const sessionOf = (model: Model, ref: string): ModelSession =>
  orNone(model.sessions.find(it => it.id === ref || key(it.name) === key(ref)))
export const queueOf = (model: Model, ref: string): ModelQueue =>
  orNone(model.queues.find(it => it.id === ref || key(it.name) === key(ref)))
export const taskOf = (model: Model, ref: string): ModelTask =>
  orNone(model.tasks.find(it => it.id.startsWith(ref) || it.friendly_id === ref.toUpperCase()))
export const attemptOf = (task: ModelTask, number: number): ModelAttempt =>
  orNone(task.attemptList.find(it => it.number === number))

/** A name as it is kept; refused where it cannot be one. */
export function cleanName(raw: string): string {
  const name = raw.trim()
  refuseIf(name === '' || name.length > 100 || /^(ses|que|tsk|prj|prm|run|cnv|qst)_/i.test(name), 'invalid')
  return name
}
export const refuseTaken = (all: { name: string }[], name: string, self?: { name: string }): void =>
  refuseIf(
    all.some(it => it !== self && key(it.name) === key(name)),
    'conflict',
  )

export const tasksIn = (model: Model, queue: ModelQueue): ModelTask[] =>
  model.tasks.filter(it => it.queue === queue)
export const runningIn = (model: Model, queue: ModelQueue): ModelTask[] =>
  tasksIn(model, queue).filter(it => it.status === 'running')
export const currentAttempt = (task: ModelTask): ModelAttempt | undefined =>
  task.attemptList.find(it => it.number === task.attempt)

/** Whether a live runner executes this task: whoever holds the lane has what any runner of it began. */
export const isHeld = (model: Model, task: ModelTask): boolean => {
  const isExecuted = (currentAttempt(task)?.runner_id ?? null) !== null
  return isExecuted && model.runners.some(it => it.queue === task.queue && it.alive)
}

type Note = Partial<Pick<ModelEvent, 'attempt' | 'from_status' | 'to_status' | 'data'>>
const event = (name: EventName, more: Partial<ModelEvent>): ModelEvent => ({
  ...{ event: name, session_id: null, queue_id: null, task_id: null, attempt: null },
  ...{ from_status: null, to_status: null, data: null },
  ...more,
})

export const note = (model: Model, name: EventName, more: Partial<ModelEvent>): void => {
  model.events.push(event(name, more))
}
export const noteQueue = (model: Model, queue: ModelQueue, name: EventName, more: Note = {}): void =>
  note(model, name, { session_id: queue.session.id, queue_id: queue.id, ...more })
export const noteTask = (model: Model, task: ModelTask, name: EventName, more: Note = {}): void =>
  note(model, name, {
    session_id: task.queue.session.id,
    queue_id: task.queue.id,
    task_id: task.id,
    ...more,
  })
