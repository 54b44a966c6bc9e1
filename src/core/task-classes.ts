import type { Input, Output } from '../contract/api.ts'
import { conflict, notFound } from '../contract/errors.ts'
import type { EventName } from '../contract/events.ts'
import { didYouMean } from '../contract/nearest.ts'
import { timestamp } from '../contract/time.ts'
import type { TaskClass } from '../contract/tools.ts'
import type { TaskClassRow } from '../store/tools.ts'
import { type Context, change } from './context.ts'
import { nameKey } from './names.ts'

export function listTaskClasses(
  { store }: Context,
  input: Input<'listTaskClasses'> = {},
): Output<'listTaskClasses'> {
  return { task_classes: store.tools.listClasses(input) }
}

export function getTaskClass(ctx: Context, { name }: Input<'getTaskClass'>): Output<'getTaskClass'> {
  return { task_class: findClass(ctx, name) }
}

export function createTaskClass(ctx: Context, input: Input<'createTaskClass'>): Output<'createTaskClass'> {
  return change(ctx, () => {
    const same = ctx.store.tools.listClasses().find(it => nameKey(it.name) === nameKey(input.name))
    if (same)
      throw conflict(`There is a task class "${same.name}" already.`, `sparkq classes edit ${same.name}`)
    return { task_class: put(ctx, { description: null, ...input }, 'task_class.created') }
  })
}

export function updateTaskClass(
  ctx: Context,
  { name, hidden, ...edits }: Input<'updateTaskClass'>,
): Output<'updateTaskClass'> {
  return change(ctx, () => {
    if (hidden === false && ctx.store.tools.getClass(name, 'user')?.hidden) ctx.store.tools.removeClass(name)
    const before = findClass(ctx, name)
    const isSame = Object.keys(edits).length === 0
    if (isSame && before.source === 'file') return { task_class: noted(ctx, name, 'task_class.updated') }
    return { task_class: put(ctx, { ...before, ...edits }, 'task_class.updated') }
  })
}

/** As with tools: what a person changed of the file's is taken back, the file's own is hidden. */
export function deleteTaskClass(ctx: Context, { name }: Input<'deleteTaskClass'>): Output<'deleteTaskClass'> {
  return change(ctx, () => {
    const { store } = ctx
    const found = findClass(ctx, name)
    const inFile = store.tools.getClass(name, 'file')
    if (!inFile || found.source === 'file') refuseUsed(ctx, name)
    if (found.source === 'user') store.tools.removeClass(name)
    else store.tools.setClass(rowOf(found), true)
    note(ctx, 'task_class.deleted', { name, source: found.source })
    return { task_class: { ...found, hidden: found.source === 'file' } }
  })
}

function findClass({ store }: Context, name: string): TaskClass {
  const found = store.tools.getClass(name)
  if (found) return found
  if (store.tools.getClass(name, 'user')?.hidden && store.tools.getClass(name, 'file')) {
    throw notFound(
      `The task class "${name}" was deleted here; sparkq.yml still has it.`,
      `sparkq classes edit ${name} --restore`,
    )
  }
  const names = store.tools.listClasses().map(it => it.name)
  throw notFound(`There is no task class "${name}".${didYouMean(name, names)}`, 'sparkq classes')
}

/** Without it a tool would have no timeout. */
function refuseUsed({ store }: Context, name: string): void {
  const tools = store.tools.list().filter(it => it.task_class === name)
  if (tools.length === 0) return
  const names = tools.map(it => it.name).join(', ')
  const [has, first] = [tools.length === 1 ? 'has' : 'have', tools[0]?.name]
  throw conflict(
    `The task class "${name}" is in use: ${names} ${has} it.`,
    `sparkq tools edit ${first} --class CLASS`,
  )
}

function put(ctx: Context, row: TaskClassRow, event: EventName): TaskClass {
  ctx.store.tools.setClass(rowOf(row))
  return noted(ctx, row.name, event)
}

const rowOf = ({ name, timeout, description }: TaskClassRow): TaskClassRow => ({ name, timeout, description })

function noted(ctx: Context, name: string, event: EventName): TaskClass {
  const found = findClass(ctx, name)
  note(ctx, event, { name, source: found.source })
  return found
}

function note(ctx: Context, event: EventName, data: Record<string, unknown>): void {
  ctx.store.audit.append({ at: timestamp(ctx.clock()), event, actor: ctx.actor, data })
}
