import fs from 'node:fs'
import { taskFolder } from '../attempt-files/paths.ts'
import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid, SparkqError } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Queue } from '../contract/queues.ts'
import { shellArgument } from '../contract/shell-word.ts'
import type { Task, TaskInput } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { Tool } from '../contract/tools.ts'
import { canonical } from './canonical.ts'
import { type Context, change } from './context.ts'
import { findQueue, findSession, findTask, getTask } from './find.ts'
import { nextCursor, readPage } from './paging.ts'
import { checkPayload, missingInputs, wrongInterpreter } from './payload.ts'
import { missingProgram } from './programs.ts'
import { unknownClass } from './scripts.ts'
import { readTime } from './time-input.ts'
import { noteTask, wrongState } from './transitions.ts'

export function listTasks(ctx: Context, input: Input<'listTasks'> = {}): Output<'listTasks'> {
  const page = readPage(input)
  const { rows, last } = ctx.store.tasks.list({
    ...page,
    queue_id: input.queue_id === undefined ? undefined : findQueue(ctx, input.queue_id).id,
    session_id: input.session_id === undefined ? undefined : findSession(ctx, input.session_id).id,
    status: input.status,
    tool_name: input.tool_name === undefined ? undefined : usedTool(ctx, input.tool_name),
    review: input.review,
    q: input.q,
  })
  return { tasks: rows, next_cursor: nextCursor(rows, last, page.limit) }
}

export function createTask(ctx: Context, input: Input<'createTask'>): Output<'createTask'> {
  return change(ctx, () => {
    const { queue, known, task, warnings } = resolveTask(ctx, input)
    if (known) return { task: known, created: false, warnings }
    return { task: insertTask(ctx, queue, task), created: true, warnings }
  })
}

/** All or none: the first one that is refused says which it is. */
export function createTasks(ctx: Context, input: Input<'createTasks'>): Output<'createTasks'> {
  return change(ctx, () => {
    const answers = input.tasks.map((task, i) => {
      try {
        return createTask(ctx, task)
      } catch (error) {
        throw error instanceof SparkqError ? placed(error, i) : error
      }
    })
    return {
      tasks: answers.map(it => it.task),
      created: answers.filter(it => it.created).length,
      warnings: [...new Set(answers.flatMap(it => it.warnings))],
    }
  })
}

type Resolved = { queue: Queue; warnings: string[] } & (
  | { known: Task; task?: never }
  | { known?: never; task: NewTask }
)

/** What a new task will be, or the one that its key belongs to. Only reads. @throws whatever the rules refuse */
export function resolveTask(ctx: Context, input: TaskInput): Resolved {
  const queue = findQueue(ctx, input.queue_id)
  const known = input.idempotency_key && ctx.store.tasks.byIdempotencyKey(queue.id, input.idempotency_key)
  const tool = findTool(ctx, input.tool_name ?? queue.settings.default_tool ?? missingTool(ctx, queue))
  if (known) return { queue, known: sameAgain(getTask(ctx, known), tool, input), warnings: [] }
  refuseClosed(queue)

  const header = checkPayload(ctx, tool.name, input.payload)
  const odd = header ? unknownClass(ctx, header) : []
  const classInHeader = odd.length > 0 ? undefined : header?.task_class?.name
  const taskClass = findClass(ctx, input.task_class ?? classInHeader ?? tool.task_class)
  const task = {
    tool_name: tool.name,
    task_class: taskClass.name,
    payload: input.payload,
    timeout: input.timeout ?? header?.timeout ?? tool.timeout ?? taskClass.timeout,
    not_before: readTime(input.not_before),
    max_attempts: input.max_attempts ?? 1,
    idempotency_key: input.idempotency_key ?? null,
    requeued_from: null,
  }
  const inHeader = header
    ? [
        ...header.warnings,
        ...odd,
        ...missingInputs(header, input.payload),
        ...wrongInterpreter(ctx, tool.name, input.payload),
      ]
    : []
  return { queue, task, warnings: [...inHeader, ...missingProgram(ctx, tool)] }
}

/** The same error, said of the task at this place. */
function placed({ code, message, hint, errors, cause }: SparkqError, i: number): SparkqError {
  const inside = errors.map(error => ({ ...error, pointer: `/tasks/${i}${error.pointer}` }))
  return new SparkqError(code, `Task ${i + 1}: ${message}`, { hint, errors: inside, cause })
}

export function getTaskAnswer(ctx: Context, { id }: Input<'getTask'>): Output<'getTask'> {
  return { task: findTask(ctx, id) }
}

export function updateTask(ctx: Context, input: Input<'updateTask'>): Output<'updateTask'> {
  return change(ctx, () => {
    const task = requireQueued(findTask(ctx, input.id), 'changed')
    if (input.payload) checkPayload(ctx, task.tool_name, input.payload)
    ctx.store.tasks.edit(task.id, {
      payload: JSON.stringify(input.payload ?? task.payload),
      timeout: input.timeout ?? task.timeout,
      not_before: input.not_before === undefined ? task.not_before : readTime(input.not_before),
      now: timestamp(ctx.clock()),
    })
    const { id: _, ...changed } = input
    noteTask(ctx, task, { event: 'task.edited', data: { fields: Object.keys(changed) } })
    return { task: getTask(ctx, task.id) }
  })
}

export function deleteTask(ctx: Context, input: Input<'deleteTask'>): Output<'deleteTask'> {
  const task = change(ctx, () => {
    const found = findTask(ctx, input.id)
    if (found.status === 'running') throw wrongState(found, 'a task that does not run can be deleted')
    ctx.store.tasks.remove(found.id)
    noteTask(ctx, found, {
      event: 'task.deleted',
      from_status: found.status,
      data: { friendly_id: found.friendly_id },
    })
    return found
  })
  fs.rmSync(taskFolder(ctx.logs, task.id), { recursive: true, force: true })
  return { task }
}

export function moveTaskFirst(ctx: Context, input: Input<'moveTaskFirst'>): Output<'moveTaskFirst'> {
  return change(ctx, () => {
    const task = requireQueued(findTask(ctx, input.id), 'moved to the front')
    ctx.store.tasks.moveFirst(task.id, timestamp(ctx.clock()))
    noteTask(ctx, task, { event: 'task.moved' })
    return { task: getTask(ctx, task.id) }
  })
}

export function requeueTask(ctx: Context, input: Input<'requeueTask'>): Output<'requeueTask'> {
  return change(ctx, () => {
    const task = findTask(ctx, input.id)
    if (task.finished_at === null) throw wrongState(task, 'a finished task can be requeued')
    const queue = findQueue(ctx, task.queue.id)
    refuseClosed(queue)
    const payload = (input.payload ?? task.payload) as Record<string, unknown>
    checkPayload(ctx, task.tool_name, payload)
    const copy = insertTask(ctx, queue, {
      tool_name: task.tool_name,
      task_class: task.task_class,
      payload,
      timeout: input.timeout ?? task.timeout,
      not_before: readTime(input.not_before),
      max_attempts: task.max_attempts,
      idempotency_key: null,
      requeued_from: task.id,
    })
    // A requeue decides the review: whoever runs it again has looked at it.
    const now = timestamp(ctx.clock())
    ctx.store.tasks.review(task.id, {
      review: 'requeued',
      review_note: input.note === undefined ? task.review_note : input.note,
      reviewed_at: now,
      now,
    })
    noteTask(ctx, task, { event: 'task.reviewed', data: { review: 'requeued', as: copy.id } })
    return { task: copy }
  })
}

export function reviewTask(ctx: Context, input: Input<'reviewTask'>): Output<'reviewTask'> {
  return change(ctx, () => {
    const task = findTask(ctx, input.id)
    if (task.finished_at === null) throw wrongState(task, 'a finished task can be reviewed')
    const isOpen = input.decision === 'unreviewed'
    const now = timestamp(ctx.clock())
    ctx.store.tasks.review(task.id, {
      review: input.decision,
      review_note: input.note === undefined ? (isOpen ? null : task.review_note) : input.note,
      reviewed_at: isOpen ? null : now,
      now,
    })
    noteTask(ctx, task, { event: 'task.reviewed', data: { review: input.decision } })
    return { task: getTask(ctx, task.id) }
  })
}

type NewTask = Pick<Task, 'tool_name' | 'task_class' | 'timeout' | 'not_before' | 'max_attempts'> &
  Pick<Task, 'idempotency_key' | 'requeued_from'> & { payload: Record<string, unknown> }

function insertTask(ctx: Context, queue: Queue, { payload, ...task }: NewTask): Task {
  const id = newId('task')
  ctx.store.tasks.insert({
    id,
    friendly_id: `${queue.task_prefix}-${ctx.store.queues.nextNumber(queue.id)}`,
    queue_id: queue.id,
    payload: JSON.stringify(payload),
    now: timestamp(ctx.clock()),
    ...task,
  })
  const inserted = getTask(ctx, id)
  noteTask(ctx, inserted, {
    event: 'task.enqueued',
    to_status: 'queued',
    data: { friendly_id: inserted.friendly_id, requeued_from: task.requeued_from },
  })
  return inserted
}

function requireQueued(task: Task, what: string): Task {
  if (task.status === 'queued') return task
  throw wrongState(task, `a queued task can be ${what}`)
}

function refuseClosed(queue: Queue): void {
  if (queue.status !== 'ended' && queue.status !== 'archived') return
  const name = shellArgument(queue.name)
  throw conflict(
    `Queue "${queue.name}" is ${queue.status}: it takes no new tasks.`,
    queue.status === 'archived'
      ? `sparkq queue unarchive ${name}`
      : 'sparkq queue create NAME --session SESSION',
  )
}

/** The key was used: the first task again, if it asks for the same. */
function sameAgain(task: Task, tool: Tool, input: Input<'createTask'>): Task {
  const same = tool.name === task.tool_name && canonical(input.payload) === canonical(task.payload)
  if (same) return task
  throw conflict(
    `The key "${input.idempotency_key}" belongs to ${task.friendly_id}, which has another payload.`,
    `sparkq task ${task.friendly_id}`,
  )
}

function findTool(ctx: Context, name: string): Tool {
  const tool = ctx.store.tools.get(name)
  if (tool) return tool
  const names = ctx.store.tools.list().map(it => it.name)
  throw invalid(`There is no tool "${name}".${didYouMean(name, names)}`, {
    hint: `tools: ${names.join(', ')}`,
    errors: [{ pointer: '/tool_name', detail: 'is not a tool' }],
  })
}

/** A tool that tasks may be looked for by: also one that is no longer configured. */
function usedTool(ctx: Context, name: string): string {
  return ctx.store.tasks.anyOf(name) ? name : findTool(ctx, name).name
}

function missingTool(ctx: Context, queue: Queue): never {
  const names = ctx.store.tools.list().map(it => it.name)
  throw invalid(`Which tool? Queue "${queue.name}" has no default tool.`, {
    hint: `-t TOOL, one of: ${names.join(', ')}\nsparkq queue set ${shellArgument(queue.name)} default_tool=TOOL`,
    errors: [{ pointer: '/tool_name', detail: 'is missing' }],
  })
}

function findClass(ctx: Context, name: string) {
  const found = ctx.store.tools.getClass(name)
  if (found) return found
  const names = ctx.store.tools.listClasses().map(it => it.name)
  throw invalid(`There is no task class "${name}".${didYouMean(name, names)}`, {
    hint: `task classes: ${names.join(', ')}`,
    errors: [{ pointer: '/task_class', detail: 'is not a task class' }],
  })
}
