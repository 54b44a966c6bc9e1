import { Type } from '@sinclair/typebox'
import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import { JsonObject } from '../../contract/fields.ts'
import { operations } from '../../contract/operations.ts'
import { CodePayload, CommandPayload, PromptPayload, ScriptPayload } from '../../contract/payloads.ts'
import type { Queue } from '../../contract/queues.ts'
import { TaskInput } from '../../contract/tasks.ts'
import type { Tool } from '../../contract/tools.ts'
import { WorkTask, workTask } from '../handed.ts'
import { nextCalls, nextText, paragraphs } from '../next.ts'
import { defineTool } from '../tool.ts'
import { workLine } from '../work-text.ts'

const { queue_id: lane, payload: _, ...about } = TaskInput.properties
const { script_path, args, cwd, env } = ScriptPayload.properties

/** What is to be done: one of these. */
const forms = {
  prompt: Type.Optional({
    ...PromptPayload.properties.prompt,
    description: 'for an agent, or whoever claims it',
  }),
  script_path: Type.Optional({
    ...script_path,
    description: 'a script, relative to the project: list_scripts',
  }),
  command: Type.Optional({ ...CommandPayload.properties.command, description: 'a command line for bash' }),
  code: Type.Optional({ ...CodePayload.properties.code, description: 'Python code' }),
  payload: Type.Optional({ ...JsonObject, description: 'for a tool with a payload of its own' }),
}
type Form = keyof typeof forms
const formNames = Object.keys(forms) as Form[]

const Input = Type.Object({ lane, ...forms, args, cwd, env, ...about }, { additionalProperties: false })

export const enqueue = defineTool({
  name: 'enqueue',
  title: 'Put a task into a lane',
  description:
    'Puts a task at the end of a lane: exactly one of prompt, script_path (with args), command, code or payload. What runs it is chosen by that, unless tool_name says it.',
  input: Input,
  output: Type.Object({
    task: WorkTask,
    created: operations.createTask.output.properties.created,
    warnings: operations.createTask.output.properties.warnings,
    next: nextCalls,
  }),
  nature: 'adds',
  run: async (input, { api, key }) => {
    const {
      lane,
      prompt: _p,
      script_path: _s,
      command: _c,
      code: _k,
      payload: _j,
      args,
      cwd,
      env,
      ...rest
    } = input
    const form = whichForm(input)
    refuseAlien(form, { args, cwd, env })
    const payload =
      form === 'payload'
        ? (input.payload as Record<string, unknown>)
        : { [form]: input[form], ...given({ args, cwd, env }) }
    const tool_name = rest.tool_name ?? (await chooseTool(api, lane, form, input.script_path))
    const { task, created, warnings } = await api.createTask({
      ...rest,
      queue_id: lane,
      payload,
      ...given({ tool_name, idempotency_key: rest.idempotency_key ?? key }),
    })
    const next = [
      { when: 'to see what became of it', tool: 'get_task', arguments: { task: task.friendly_id } },
    ]
    return {
      data: { task: workTask(task), created, warnings, next },
      text: paragraphs(
        created
          ? `Queued ${task.friendly_id} in the lane "${task.queue.name}": ${task.tool_name}, ${workLine(task)}`
          : `${task.friendly_id} has this idempotency_key already: nothing was queued.`,
        warnings.join('\n'),
        nextText(next),
      ),
    }
  },
})

function whichForm(input: { [K in Form]?: unknown }): Form {
  const said = formNames.filter(it => input[it] !== undefined)
  const [form, other] = said
  if (form === undefined) throw invalid(`What is to be done? Say it as one of ${formNames.join(', ')}.`)
  if (other !== undefined) throw invalid(`Either ${form} or ${other}: a task does one thing.`)
  return form
}

/** What a form cannot carry is refused, not left out. */
function refuseAlien(form: Form, more: { args: unknown; cwd: unknown; env: unknown }): void {
  const takes: Record<Form, string[]> = {
    prompt: [],
    payload: [],
    script_path: ['args', 'cwd', 'env'],
    command: ['cwd', 'env'],
    code: ['cwd', 'env'],
  }
  const alien = Object.entries(more).find(([key, value]) => value !== undefined && !takes[form].includes(key))
  if (alien) throw invalid(`${alien[0]} does not belong to ${form}.`)
}

/** The lane's own tool where that can do such work, else the one that the form speaks for. */
async function chooseTool(api: Api, lane: string, form: Form, script = ''): Promise<string | undefined> {
  if (form === 'payload') return undefined
  const [{ queue }, { tools }] = await Promise.all([api.getQueue({ id: lane }), api.listTools()])
  const own = ownTool(queue, tools)
  const isPython = form === 'code' || (form === 'script_path' && script.toLowerCase().endsWith('.py'))
  const wanted = form === 'prompt' ? 'prompt' : isPython ? 'python' : 'bash'
  if (own && (own.kind === wanted || own.kind === 'other')) return own.name
  if (form !== 'prompt') return isPython ? 'run-python' : 'run-bash'
  const agents = tools.filter(it => it.kind === 'prompt' && !it.hidden).map(it => it.name)
  return ['llm-sonnet', 'llm-haiku'].find(name => agents.includes(name)) ?? agents[0]
}

const ownTool = ({ settings }: Queue, tools: readonly Tool[]): Tool | undefined =>
  tools.find(it => it.name === settings.default_tool)

function given<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

export const listScripts = defineTool({
  name: 'list_scripts',
  title: 'List the scripts of the project',
  description: 'Lists the scripts that can be queued, with what their headers say of arguments and purpose.',
  input: operations.listScripts.input,
  output: operations.listScripts.output,
  nature: 'reads',
  run: async (input, { api }) => {
    const data = await api.listScripts(input)
    const lines = data.scripts.map(({ path, description, inputs }) => {
      const words = inputs.map(({ name, required }) => (required ? name : `[${name}]`))
      return `- ${[path, ...words].join(' ')}${description === null ? '' : `: ${description}`}`
    })
    const found = lines.length === 0 ? 'No script is found.' : lines.join('\n')
    return { data, text: paragraphs(found, data.warnings.join('\n')) }
  },
})
