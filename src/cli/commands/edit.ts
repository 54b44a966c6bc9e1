import { isDeepStrictEqual } from 'node:util'
import type { Api } from '../../contract/api.ts'
import { conflict, invalid } from '../../contract/errors.ts'
import { type Context, defineCommand } from '../command.ts'
import { editPayload } from '../editor.ts'
import { queuedTask } from '../kinds.ts'
import { atOption, inOption, jsonOption, payloadOption, taskArg, timeoutOption } from '../options.ts'
import { workText } from '../queued.ts'
import { readPayloadOption } from '../read-input.ts'
import { readMoment } from '../read-time.ts'
import { printJson } from '../terminal.ts'
import { clock, span } from '../times.ts'

const args = { task: { ...taskArg, kind: queuedTask } } as const
const options = {
  payload: payloadOption,
  timeout: timeoutOption,
  in: inOption,
  at: atOption,
  now: { type: 'flag', describe: 'no longer delayed' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Change a queued task; without an option, its payload in your editor.',
  args,
  options,
  notes: 'Its timeout and class stay as they are, also with another payload; --timeout changes the timeout.',
  examples: ['sparkq edit AUTH-7', 'sparkq edit AUTH-7 --timeout 900 --at 02:00'],
  run: async context => {
    const { terminal, options } = context
    const { api } = await context.connect()
    const edits = (await readEdits(context)) ?? (await editInEditor(context, api))
    const { task } = await api.updateTask({ id: context.args.task, ...edits })
    if (options.json) return printJson(terminal.out, { task })
    const delay = task.not_before ? ` · not before ${clock(task.not_before)}` : ''
    terminal.out.line(
      `Changed ${task.friendly_id} · ${workText(terminal, task)} · timeout ${span(task.timeout)}${delay}`,
    )
  },
})

/** What the options ask for; undefined when there are none. */
async function readEdits({ options, cwd }: Typed) {
  const payload = await readPayloadOption(options.payload, cwd)
  const not_before = options.now ? null : readMoment(options)
  if (options.now && readMoment(options)) throw invalid('Either --now, or --in or --at.')
  const edits = {
    ...(payload === undefined ? {} : { payload }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(not_before === undefined ? {} : { not_before }),
  }
  return Object.keys(edits).length === 0 ? undefined : edits
}

async function editInEditor({ args, env }: Typed, api: Api) {
  const { task } = await api.getTask({ id: args.task })
  if (task.status !== 'queued') {
    throw conflict(
      `${task.friendly_id} is ${task.status}: only a queued task can be changed.`,
      `sparkq task ${task.friendly_id}`,
    )
  }
  const payload = editPayload(task.payload, env)
  if (isDeepStrictEqual(payload, task.payload))
    throw invalid(`Nothing was changed in ${task.friendly_id}.`, { hint: 'sparkq edit --help' })
  return { payload }
}
