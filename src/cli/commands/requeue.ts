import type { Api } from '../../contract/api.ts'
import { conflict } from '../../contract/errors.ts'
import { type Context, defineCommand } from '../command.ts'
import { forEach } from '../each.ts'
import { editPayload } from '../editor.ts'
import { finishedTask } from '../kinds.ts'
import { atOption, inOption, jsonOption, payloadOption, tasksArg, timeoutOption } from '../options.ts'
import { sayQueued } from '../queued.ts'
import { readPayloadOption } from '../read-input.ts'
import { readMoment } from '../read-time.ts'
import { printJson } from '../terminal.ts'

const args = { tasks: { ...tasksArg, kind: finishedTask } } as const
const options = {
  edit: { type: 'flag', describe: 'change the payload in your editor first' },
  payload: payloadOption,
  timeout: timeoutOption,
  in: inOption,
  at: atOption,
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Queue a copy of finished tasks; the originals stay.',
  args,
  options,
  notes:
    'The copy has the timeout and class of the original, also with another payload; --timeout changes the timeout.',
  examples: ['sparkq requeue AUTH-4', 'sparkq requeue AUTH-4 --edit', 'sparkq requeue AUTH-4 --timeout 900'],
  run: async context => {
    const { args, options, terminal } = context
    const not_before = readMoment(options)
    const payload = await readPayloadOption(options.payload, context.cwd)
    const { api } = await context.connect()
    return forEach(args.tasks, terminal, async id => {
      const edited = options.edit ? await edit(context, api, id, payload) : payload
      const { task } = await api.requeueTask({
        id,
        ...(edited === undefined ? {} : { payload: edited }),
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
        ...(not_before === undefined ? {} : { not_before }),
      })
      if (options.json) printJson(terminal.out, { task })
      else
        await sayQueued(
          terminal,
          api,
          task,
          `Queued ${task.friendly_id}, a copy of ${await nameOf(api, task)}`,
        )
    })
  },
})

async function edit({ env }: Typed, api: Api, id: string, payload: Record<string, unknown> | undefined) {
  const { task } = await api.getTask({ id })
  if (task.finished_at === null) {
    throw conflict(
      `${task.friendly_id} is ${task.status}: only a finished task can be requeued.`,
      `sparkq task ${task.friendly_id}`,
    )
  }
  return editPayload(payload ?? task.payload, env)
}

async function nameOf(api: Api, { requeued_from }: { requeued_from: string | null }): Promise<string> {
  const { task } = await api.getTask({ id: requeued_from as string })
  return task.friendly_id
}
