import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid, notFound } from '../contract/errors.ts'
import type { EventName } from '../contract/events.ts'
import { didYouMean } from '../contract/nearest.ts'
import { timestamp } from '../contract/time.ts'
import { commandRefusal, isExecutable, kindOf, type Tool } from '../contract/tools.ts'
import type { ToolRow } from '../store/tools.ts'
import { type Context, change } from './context.ts'
import { nameKey } from './names.ts'

export function listTools({ store }: Context, input: Input<'listTools'> = {}): Output<'listTools'> {
  return { tools: store.tools.list(input) }
}

export function getTool(ctx: Context, { name }: Input<'getTool'>): Output<'getTool'> {
  return { tool: findTool(ctx, name) }
}

export function createTool(ctx: Context, input: Input<'createTool'>): Output<'createTool'> {
  const row = { description: null, timeout: null, command: null, ...input }
  return change(ctx, () => {
    const same = ctx.store.tools.list().find(it => nameKey(it.name) === nameKey(row.name))
    if (same) throw conflict(`There is a tool "${same.name}" already.`, `sparkq tools edit ${same.name}`)
    return { tool: put(ctx, row, 'tool.created') }
  })
}

export function updateTool(
  ctx: Context,
  { name, hidden, ...edits }: Input<'updateTool'>,
): Output<'updateTool'> {
  return change(ctx, () => {
    if (hidden === false && ctx.store.tools.get(name, 'user')?.hidden) ctx.store.tools.remove(name)
    const { kind: _, source, hidden: __, ...before } = findTool(ctx, name)
    const isSame = Object.keys(edits).length === 0
    // Nothing of it is said to be different: the file's stays the one that counts.
    if (isSame && source === 'file') return { tool: noted(ctx, name, 'tool.updated') }
    return { tool: put(ctx, { ...before, ...edits }, 'tool.updated') }
  })
}

/** What a person changed of the file's tool is taken back; the file's own is hidden, as the file would bring it again. */
export function deleteTool(ctx: Context, { name }: Input<'deleteTool'>): Output<'deleteTool'> {
  return change(ctx, () => {
    const { store } = ctx
    const tool = findTool(ctx, name)
    const inFile = store.tools.get(name, 'file')
    if (!inFile || tool.source === 'file') refuseUsed(ctx, tool)
    if (tool.source === 'user') store.tools.remove(name)
    else store.tools.set(rowOf(tool), true)
    note(ctx, 'tool.deleted', { name, source: tool.source })
    return { tool: { ...tool, hidden: tool.source === 'file' } }
  })
}

/** The tools whose tasks a runner executes. */
export const executableNames = ({ store }: Context): string[] =>
  store.tools
    .list()
    .filter(isExecutable)
    .map(it => it.name)

/** Of a tool that is gone only its name is left to go by. */
export const kindOfTool = ({ store }: Context, name: string) =>
  store.tools.get(name)?.kind ?? kindOf({ name, command: null })

function findTool({ store }: Context, name: string): Tool {
  const tool = store.tools.get(name)
  if (tool) return tool
  if (store.tools.get(name, 'user')?.hidden && store.tools.get(name, 'file'))
    throw notFound(
      `The tool "${name}" was deleted here; sparkq.yml still has it.`,
      `sparkq tools edit ${name} --restore`,
    )
  const names = store.tools.list().map(it => it.name)
  throw notFound(`There is no tool "${name}".${didYouMean(name, names)}`, 'sparkq tools')
}

function put(ctx: Context, row: ToolRow, event: EventName): Tool {
  requireClass(ctx, row.task_class)
  const refusal = commandRefusal(row)
  if (refusal)
    throw invalid(`${refusal}.`, { errors: [{ pointer: '/command', detail: 'is for tools of other names' }] })
  ctx.store.tools.set(rowOf(row))
  return noted(ctx, row.name, event)
}

const rowOf = ({ name, description, task_class, timeout, command }: ToolRow): ToolRow => ({
  ...{ name, description, task_class, timeout, command },
})

function requireClass({ store }: Context, name: string): void {
  if (store.tools.getClass(name)) return
  const names = store.tools.listClasses().map(it => it.name)
  throw invalid(`There is no task class "${name}".${didYouMean(name, names)}`, {
    hint: 'sparkq classes',
    errors: [{ pointer: '/task_class', detail: 'is not a task class' }],
  })
}

/** What is queued would never run. */
function refuseUsed({ store }: Context, { name }: Tool): void {
  const { count, first } = store.tasks.unfinishedOf(name)
  if (first === null) return
  const more = count === 1 ? `${first} is for it` : `${count} tasks are for it, ${first} first`
  throw conflict(
    `The tool "${name}" is in use: ${more}.`,
    `sparkq cancel ${first}\nsparkq tasks --tool ${name} --status queued`,
  )
}

function noted(ctx: Context, name: string, event: EventName): Tool {
  const tool = findTool(ctx, name)
  note(ctx, event, { name, source: tool.source })
  return tool
}

function note(ctx: Context, event: EventName, data: Record<string, unknown>): void {
  ctx.store.audit.append({ at: timestamp(ctx.clock()), event, actor: ctx.actor, data })
}
