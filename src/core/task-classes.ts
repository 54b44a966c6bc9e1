import type { Input, Output } from '../contract/api.ts'
import { conflict } from '../contract/errors.ts'
import type { TaskClass } from '../contract/tools.ts'
import type { TaskClassRow } from '../store/tools.ts'
import type { Context } from './context.ts'
import { overFile } from './over-file.ts'

export function listTaskClasses(
  { store }: Context,
  input: Input<'listTaskClasses'> = {},
): Output<'listTaskClasses'> {
  return { task_classes: store.tools.listClasses(input) }
}

export function getTaskClass(ctx: Context, { name }: Input<'getTaskClass'>): Output<'getTaskClass'> {
  return { task_class: classes.find(ctx, name) }
}

export function createTaskClass(ctx: Context, input: Input<'createTaskClass'>): Output<'createTaskClass'> {
  return { task_class: classes.create(ctx, { description: null, ...input }) }
}

export function updateTaskClass(
  ctx: Context,
  { name, ...edits }: Input<'updateTaskClass'>,
): Output<'updateTaskClass'> {
  return { task_class: classes.update(ctx, name, edits) }
}

export function deleteTaskClass(ctx: Context, { name }: Input<'deleteTaskClass'>): Output<'deleteTaskClass'> {
  return { task_class: classes.remove(ctx, name) }
}

const classes = overFile<TaskClassRow, TaskClass>({
  noun: 'task class',
  command: 'classes',
  event: 'task_class',
  list: ({ store }) => store.tools.listClasses(),
  get: ({ store }, name, source) => store.tools.getClass(name, source),
  set: ({ store }, row, hidden) => store.tools.setClass(row, hidden),
  remove: ({ store }, name) => store.tools.removeClass(name),
  rowOf: ({ name, timeout, description }) => ({ name, timeout, description }),
  refuseUsed,
})

/** Without it a tool would have no timeout. */
function refuseUsed({ store }: Context, { name }: TaskClass): void {
  const tools = store.tools.list().filter(it => it.task_class === name)
  if (tools.length === 0) return
  const names = tools.map(it => it.name).join(', ')
  const [has, first] = [tools.length === 1 ? 'has' : 'have', tools[0]?.name]
  throw conflict(
    `The task class "${name}" is in use: ${names} ${has} it.`,
    `sparkq tools edit ${first} --class CLASS`,
  )
}
