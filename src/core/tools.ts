import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { isExecutable, kindOf, noAgent, type Tool, toolRefusal } from '../contract/tools.ts'
import type { ToolRow } from '../store/tools.ts'
import type { Context } from './context.ts'
import { overFile } from './over-file.ts'

export function listTools({ store }: Context, input: Input<'listTools'> = {}): Output<'listTools'> {
  return { tools: store.tools.list(input) }
}

export function getTool(ctx: Context, { name }: Input<'getTool'>): Output<'getTool'> {
  return { tool: tools.find(ctx, name) }
}

export function createTool(ctx: Context, input: Input<'createTool'>): Output<'createTool'> {
  return {
    tool: tools.create(ctx, { description: null, timeout: null, command: null, ...noAgent, ...input }),
  }
}

export function updateTool(ctx: Context, { name, ...edits }: Input<'updateTool'>): Output<'updateTool'> {
  return { tool: tools.update(ctx, name, edits) }
}

export function deleteTool(ctx: Context, { name }: Input<'deleteTool'>): Output<'deleteTool'> {
  return { tool: tools.remove(ctx, name) }
}

/** The tools whose tasks a runner executes. */
export const executableNames = ({ store }: Context): string[] =>
  store.tools
    .list()
    .filter(isExecutable)
    .map(it => it.name)

/** Of a tool that is gone only its name is left to go by. */
export const kindOfTool = ({ store }: Context, name: string) =>
  store.tools.get(name)?.kind ?? kindOf({ name, command: null, agent: null })

const tools = overFile<ToolRow, Tool>({
  noun: 'tool',
  command: 'tools',
  event: 'tool',
  list: ({ store }) => store.tools.list(),
  get: ({ store }, name, source) => store.tools.get(name, source),
  set: ({ store }, row, hidden) => store.tools.set(row, hidden),
  remove: ({ store }, name) => store.tools.remove(name),
  rowOf: ({ kind: _, source: __, hidden: ___, ...row }: ToolRow & Partial<Tool>): ToolRow => row,
  takenBy: taken,
  check: (ctx, row) => {
    requireClass(ctx, row.task_class)
    const refusal = toolRefusal(row)
    if (refusal)
      throw invalid(`${refusal.says}.`, { errors: [{ pointer: `/${refusal.key}`, detail: 'cannot be so' }] })
  },
  refuseUsed,
})

/** What an edit takes away of a tool: one that gets a command, or another agent, has none of what the old one was told. */
function taken(before: ToolRow, { agent, command }: Partial<ToolRow>): Partial<ToolRow> {
  if (command && agent === undefined) return noAgent
  if (agent === undefined || agent === before.agent) return {}
  return agent === null ? noAgent : { ...noAgent, command: null }
}

const quoted = (names: string[]): string => names.map(it => `"${it}"`).join(', ')

function requireClass({ store }: Context, name: string): void {
  if (store.tools.getClass(name)) return
  const names = store.tools.listClasses().map(it => it.name)
  throw invalid(`There is no task class "${name}".${didYouMean(name, names)}`, {
    hint: 'sparkq classes',
    errors: [{ pointer: '/task_class', detail: 'is not a task class' }],
  })
}

/** What is queued would never run, and a lane would not know how to run what names no tool. */
function refuseUsed({ store }: Context, { name }: Tool): void {
  const [lane, ...others] = store.queues.withDefaultTool(name)
  if (lane !== undefined) {
    const lanes = others.length === 0 ? `queue "${lane}" has` : `queues ${quoted([lane, ...others])} have`
    throw conflict(
      `The tool "${name}" is in use: ${lanes} it as default tool.`,
      `sparkq queue set ${shellArgument(lane)} default_tool=TOOL`,
    )
  }
  const { count, first } = store.tasks.unfinishedOf(name)
  if (first === null) return
  const more = count === 1 ? `${first} is for it` : `${count} tasks are for it, ${first} first`
  throw conflict(
    `The tool "${name}" is in use: ${more}.`,
    `sparkq cancel ${first}\nsparkq tasks --tool ${name} --status queued`,
  )
}
