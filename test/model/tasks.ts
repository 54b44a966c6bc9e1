import type { Input } from '../../src/contract/api.ts'
import { findProgram } from '../../src/processes/find-program.ts'
import { cancelRunning, endAsCancelled } from './endings.ts'
import {
  type Model,
  type ModelQueue,
  type ModelTask,
  note,
  noteTask,
  queueOf,
  readTime,
  refuseIf,
  stamp,
  taskOf,
} from './state.ts'
import { isAgents } from './trees.ts'
import { taskView } from './views.ts'

/** SPEC 3: what is done to tasks but their work. `fresh` are the ids that the real ones were given. */

const tools: Record<string, { word: string; task_class: string; timeout: number }> = {
  'run-bash': { word: 'command', task_class: 'MEDIUM_SCRIPT', timeout: 600 },
  'llm-haiku': { word: 'prompt', task_class: 'LLM_LITE', timeout: 480 },
}

export function createTask(model: Model, input: Input<'createTask'>, fresh: string) {
  const { task, created } = put(model, input, fresh)
  return { task: taskView(task), created, warnings: created ? missing(task) : [] }
}

/** All or none: what one of them refuses, all are refused. */
export function createTasks(model: Model, { tasks }: Input<'createTasks'>, fresh: string[]) {
  const before = { tasks: [...model.tasks], events: [...model.events] }
  const lanes = model.queues.map(queue => [queue, queue.order, queue.lastNumber] as const)
  try {
    const made = tasks.map((task, i) => put(model, task, fresh[i] as string))
    const warnings = made.flatMap(it => (it.created ? missing(it.task) : []))
    return { tasks: made.map(it => taskView(it.task)), warnings: [...new Set(warnings)] }
  } catch (refusal) {
    Object.assign(model, before)
    for (const [queue, order, lastNumber] of lanes) Object.assign(queue, { order, lastNumber })
    throw refusal
  }
}

/** An agent that is not on this machine is a warning. */
function missing({ tool_name }: ModelTask): string[] {
  if (!isAgents(tool_name) || findProgram('claude', process.env)) return []
  const install = 'npm install -g @anthropic-ai/claude-code'
  return [
    `${tool_name}: its program claude is not on the PATH here, and its tasks wait until it is. Install it with: ${install}`,
  ]
}

function put(model: Model, input: Input<'createTask'>, fresh: string) {
  const queue = queueOf(model, input.queue_id)
  const tool_name = input.tool_name ?? queue.settings.default_tool
  refuseIf(tool_name === undefined || !(tool_name in tools), 'invalid')
  const key = input.idempotency_key ?? null
  const known = queue.order.find(it => key !== null && it.idempotency_key === key)
  if (known) {
    const isSame = known.tool_name === tool_name && sameJson(known.payload, input.payload)
    refuseIf(!isSame, 'conflict')
    return { task: known, created: false }
  }
  refuseClosed(queue)
  const tool = tools[tool_name as string] as (typeof tools)[string]
  refuseBadPayload(tool_name as string, input.payload)
  const task = insert(model, queue, fresh, {
    tool_name: tool_name as string,
    task_class: tool.task_class,
    payload: input.payload,
    timeout: input.timeout ?? tool.timeout,
    not_before: readTime(input.not_before),
    max_attempts: input.max_attempts ?? 1,
    idempotency_key: key,
    requeued_from: null,
  })
  return { task, created: true }
}

type Given = Pick<
  ModelTask,
  'tool_name' | 'task_class' | 'payload' | 'timeout' | 'not_before' | 'max_attempts'
> &
  Pick<ModelTask, 'idempotency_key' | 'requeued_from'>

function insert(model: Model, queue: ModelQueue, id: string, given: Given): ModelTask {
  const at = stamp(model.now)
  queue.lastNumber++
  const task: ModelTask = {
    ...given,
    ...{ id, friendly_id: `${queue.task_prefix}-${queue.lastNumber}`, queue, status: 'queued' },
    ...{ warns_at: null, stops_at: null, attempts: 0, attempt: null, wait_reason: null, worker_id: null },
    ...{ created_at: at, updated_at: at, claimed_at: null, started_at: null, finished_at: null },
    ...{ stale_warned_at: null, cancel_requested_at: null, result_summary: null, result_data: null },
    ...{ exit_code: null, signal: null, error_type: null, error_message: null, error_detail: null },
    ...{ review: null, needs_review: false, review_note: null, reviewed_at: null, cost_usd: null },
    asked: [],
    attemptList: [],
  }
  model.tasks.push(task)
  queue.order = [...queue.order, task]
  const data = { friendly_id: task.friendly_id, requeued_from: task.requeued_from }
  noteTask(model, task, 'task.enqueued', { to_status: 'queued', data })
  return task
}

export function updateTask(model: Model, { id, ...changes }: Input<'updateTask'>) {
  const task = taskOf(model, id)
  refuseIf(task.status !== 'queued', 'conflict')
  if (changes.payload) refuseBadPayload(task.tool_name, changes.payload)
  const not_before = changes.not_before === undefined ? task.not_before : readTime(changes.not_before)
  Object.assign(task, {
    ...{ payload: changes.payload ?? task.payload, timeout: changes.timeout ?? task.timeout, not_before },
    updated_at: stamp(model.now),
  })
  noteTask(model, task, 'task.edited', { data: { fields: Object.keys(changes) } })
  return { task: taskView(task) }
}

export function deleteTask(model: Model, { id }: Input<'deleteTask'>) {
  const task = taskOf(model, id)
  refuseIf(task.status === 'running', 'conflict')
  noteTask(model, task, 'task.deleted', {
    ...{ from_status: task.status, data: { friendly_id: task.friendly_id } },
  })
  remove(model, task)
  return { task: taskView(task) }
}

export function moveTaskFirst(model: Model, { id }: Input<'moveTaskFirst'>) {
  const task = taskOf(model, id)
  refuseIf(task.status !== 'queued', 'conflict')
  task.queue.order = [task, ...task.queue.order.filter(it => it !== task)]
  task.updated_at = stamp(model.now)
  noteTask(model, task, 'task.moved')
  return { task: taskView(task) }
}

export function requeueTask(model: Model, input: Input<'requeueTask'>, fresh: string) {
  const task = taskOf(model, input.id)
  refuseIf(task.finished_at === null, 'conflict')
  refuseClosed(task.queue)
  const payload = input.payload ?? task.payload
  refuseBadPayload(task.tool_name, payload as object)
  const { tool_name, task_class, max_attempts } = task
  const copy = insert(model, task.queue, fresh, {
    ...{ tool_name, task_class, max_attempts, payload },
    ...{ timeout: input.timeout ?? task.timeout, not_before: readTime(input.not_before) },
    ...{ idempotency_key: null, requeued_from: task.id },
  })
  const at = stamp(model.now)
  Object.assign(task, { review: 'requeued', reviewed_at: at, updated_at: at })
  noteTask(model, task, 'task.reviewed', { data: { review: 'requeued', as: copy.id } })
  return { task: taskView(copy) }
}

export function reviewTask(model: Model, input: Input<'reviewTask'>) {
  const task = taskOf(model, input.id)
  refuseIf(task.finished_at === null, 'conflict')
  const at = stamp(model.now)
  const isOpen = input.decision === 'unreviewed'
  Object.assign(task, { review: input.decision, reviewed_at: isOpen ? null : at, updated_at: at })
  if (isOpen) task.review_note = null
  if (input.note !== undefined) task.review_note = input.note
  noteTask(model, task, 'task.reviewed', { data: { review: input.decision } })
  return { task: taskView(task) }
}

export function cancelTask(model: Model, { id }: Input<'cancelTask'>) {
  const task = taskOf(model, id)
  refuseIf(task.finished_at !== null, 'conflict')
  if (task.status === 'queued') endAsCancelled(model, task, 'Cancelled before it ran.')
  else cancelRunning(model, task)
  return { task: taskView(task) }
}

/** Finished tasks go `older_than_days` after their end; with `keep_unreviewed`, not those that need an eye. */
export function purge(model: Model, input: Input<'purge'> = {}) {
  const before = model.now - (input.older_than_days ?? 3) * 86_400_000
  const old = model.tasks.filter(task => {
    const isKept = model.settings.keep_unreviewed && task.review === 'unreviewed' && task.needs_review
    return task.finished_at !== null && Date.parse(task.finished_at) < before && !isKept
  })
  for (const task of old) remove(model, task)
  if (old.length > 0) note(model, 'task.purged', { data: { count: old.length, before: stamp(before) } })
  return { purged: old.length }
}

function remove(model: Model, task: ModelTask): void {
  model.tasks = model.tasks.filter(it => it !== task)
  task.queue.order = task.queue.order.filter(it => it !== task)
  model.gone.tasks.push(task)
}

const refuseClosed = ({ status }: ModelQueue) =>
  refuseIf(status === 'ended' || status === 'archived', 'conflict')

function refuseBadPayload(tool: string, payload: object): void {
  refuseIf(Object.keys(payload).join() !== tools[tool]?.word, 'invalid')
}

/** The same but for the order of keys: all payloads here have one key. */
const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
