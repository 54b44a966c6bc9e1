import type { Input, Output } from '../contract/api.ts'
import { invalid } from '../contract/errors.ts'
import type { QuickAdd } from '../contract/tasks.ts'
import type { Context } from './context.ts'
import { findQueue } from './find.ts'
import { createTask } from './tasks.ts'

/** Puts a prompt or a script into a queue. It only chooses the tool: what holds for a task, `createTask` says. */
export function quickAddTask(ctx: Context, input: Input<'quickAddTask'>): Output<'quickAddTask'> {
  const { queue_id, mode, prompt, script_path, script_args = [] } = input
  const field = mode === 'llm' ? 'prompt' : 'script_path'
  const alien = (mode === 'llm' ? (['script_path', 'script_args'] as const) : (['prompt'] as const)).find(
    key => input[key] !== undefined,
  )
  if (alien) throw wrong(alien, `does not belong to mode ${mode}`)
  if (input[field] === undefined) throw wrong(field, `is missing for mode ${mode}`)
  const tool =
    input.tool_name ?? (mode === 'llm' ? agentTool(ctx, queue_id) : scriptTool(script_path as string))
  const payload =
    mode === 'llm' ? { prompt } : { script_path, ...(script_args.length > 0 ? { args: script_args } : {}) }
  return createTask(ctx, { queue_id, payload, ...(tool === undefined ? {} : { tool_name: tool }) })
}

function wrong(key: keyof QuickAdd, detail: string) {
  return invalid(`${key} ${detail}.`, { errors: [{ pointer: `/${key}`, detail }] })
}

const scriptTool = (script: string) => (script.toLowerCase().endsWith('.py') ? 'run-python' : 'run-bash')

/** The lane's own if it takes prompts, else the best known; undefined where there is no agent at all. */
function agentTool(ctx: Context, queueId: string): string | undefined {
  const { default_tool } = findQueue(ctx, queueId).settings
  const agents = ctx.store.tools
    .list()
    .filter(it => it.kind === 'prompt')
    .map(it => it.name)
  const wanted = [default_tool, 'llm-sonnet', 'llm-haiku']
  return wanted.find(name => name !== undefined && agents.includes(name)) ?? agents[0]
}
