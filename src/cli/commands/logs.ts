import type { Api } from '../../contract/api.ts'
import { invalid, notFound } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { createAttemptView } from '../attempt-view.ts'
import { type Context, defineCommand } from '../command.ts'
import { keepTime, openPulse, type Pulse } from '../follow.ts'
import { sayNext } from '../hints.ts'
import { ifAny } from '../lanes.ts'
import { taskArg } from '../options.ts'
import { createOutputReader } from '../output-reader.ts'
import { createOutputWriter, type OutputWriter } from '../output-writer.ts'
import { patientApi } from '../patient.ts'
import { statusText } from '../task-text.ts'
import { hasColours } from '../terminal.ts'

const args = { task: { ...taskArg, optional: true } } as const
const options = {
  follow: {
    type: 'flag',
    short: 'f',
    describe: 'go on until the task ends; waits for one that has not begun',
  },
  attempt: { type: 'whole', value: 'N', min: 1, describe: 'that attempt; default: the last one' },
  stdout: { type: 'flag', describe: 'only what it wrote to stdout' },
  stderr: { type: 'flag', describe: 'only what it wrote to stderr' },
  tail: { type: 'whole', short: 'n', value: 'LINES', min: 0, describe: 'only the last lines' },
  raw: { type: 'flag', describe: 'the bytes as they are, of agents too: their events as JSON' },
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Show what a task wrote; without a task, the latest one.',
  args,
  options,
  notes: `Its stdout goes to stdout and its stderr to stderr, byte for byte, in the order they were written. What an agent (claude,
codex, gemini) prints is shown as a transcript: what it said, what it did and what came of it; what a check said is on stderr.
What was left out of the middle (limits.max_output_mb) is a line on stderr.
On a terminal, sequences that would do more than colour the text are left out.`,
  examples: [
    'sparkq logs AUTH-7',
    'sparkq logs -f',
    'sparkq logs AUTH-7 --attempt 1 --stderr --tail 50',
    'sparkq logs AUTH-7 --raw',
  ],
  run: async context => {
    const { options } = context
    if (options.stdout && options.stderr)
      throw invalid('Either --stdout or --stderr; without them it is both.')
    const connection = await context.connect()
    const api = context.options.follow ? patientApi(connection, context.terminal) : connection.api
    // A server that does not answer now is a mistake; one that goes away later comes back.
    const task = await findTask(context, connection.api)
    const writer = createOutputWriter(context.options)
    if (options.follow) await follow(context, api, task, writer)
    else await show(context, api, task, writer)
    await writer.end()
  },
})

async function findTask({ args, options }: Typed, api: Api): Promise<Task> {
  if (args.task !== undefined) return (await api.getTask({ id: args.task })).task
  const task = await findLatest(api, options.follow)
  if (task === undefined) throw notFound('There is no task yet.', `sparkq enqueue -q NAME -c 'COMMAND'`)
  return task
}

/** The task that began last; to follow, one that runs or is yet to run. */
async function findLatest(api: Api, toFollow: boolean): Promise<Task | undefined> {
  const newest = async (status?: Task['status']) =>
    (await api.listTasks({ limit: 1, ...(status ? { status } : {}) })).tasks[0]
  if (toFollow) return (await newest('running')) ?? (await newest())
  const { events } = await api.listEvents({ event: 'task.claimed', limit: 1 })
  const id = events[0]?.task_id
  const begun = id ? await ifAny(api.getTask({ id })) : undefined
  return begun?.task ?? newest()
}

async function show(context: Typed, api: Api, task: Task, writer: OutputWriter): Promise<void> {
  const { options, terminal } = context
  const attempt = options.attempt ?? task.attempt
  if (attempt === null) {
    const isOver = task.finished_at !== null
    terminal.err.line(`${task.friendly_id} ${isOver ? 'never ran' : 'has not run yet'} · ${statusText(task)}`)
    if (!isOver) sayNext(terminal.err, [[`sparkq logs -f ${task.friendly_id}`, 'wait for it']])
    return
  }
  const look = createOutputReader(api, task.id, attempt)
  const view = viewOf(context, api, task, attempt, writer)
  await view.show(await look({ all: true }), options.tail)
  await view.end()
}

const viewOf = (
  { options, terminal }: Typed,
  api: Api,
  { id }: Task,
  attempt: number,
  writer: OutputWriter,
) => createAttemptView(api, { id, attempt, raw: options.raw, colour: hasColours(terminal.out) }, writer)

/** How often the output of a running attempt is looked at. */
const lookMs = 50

/** Shows one attempt after the other until the task has ended, or the one that was asked for. */
async function follow(context: Typed, api: Api, task: Task, writer: OutputWriter): Promise<void> {
  const { options } = context
  const pulse = await openPulse(api)
  const stopTime = keepTime(api)
  try {
    let attempt = options.attempt ?? (await waitForAttempt(api, task, 0, pulse))
    for (let tail = options.tail; attempt !== undefined; tail = undefined) {
      const view = viewOf(context, api, task, attempt, writer)
      await followAttempt(api, task, attempt, tail, pulse, view)
      await view.end()
      if (options.attempt !== undefined) return
      attempt = await waitForAttempt(api, task, attempt, pulse)
    }
  } finally {
    stopTime()
    await pulse.stop()
  }
}

/** The first attempt after `last` that is there; undefined when the task has ended without one. */
async function waitForAttempt(
  api: Api,
  { id }: Task,
  last: number,
  pulse: Pulse,
): Promise<number | undefined> {
  for (;;) {
    const { task } = await api.getTask({ id })
    if (task.attempt !== null && task.attempt > last) return task.attempt
    if (task.finished_at !== null) return undefined
    await pulse.changed()
  }
}

async function followAttempt(
  api: Api,
  task: Task,
  attempt: number,
  tail: number | undefined,
  pulse: Pulse,
  view: ReturnType<typeof createAttemptView>,
): Promise<void> {
  const look = createOutputReader(api, task.id, attempt)
  let looked = await look({ all: tail !== undefined })
  await view.show(looked, tail)
  while (!looked.ended) {
    await pulse.changed(lookMs)
    looked = await look({ all: false })
    await view.show(looked, undefined)
  }
}
