import type { Api } from '../../contract/api.ts'
import { invalid, notFound } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { type Context, defineCommand } from '../command.ts'
import { keepTime, openPulse, type Pulse } from '../follow.ts'
import { sayNext } from '../hints.ts'
import { ifAny } from '../lanes.ts'
import { taskArg } from '../options.ts'
import { createOutputReader, lastLines, readSegment } from '../output-reader.ts'
import { createOutputWriter, type OutputWriter } from '../output-writer.ts'
import { patientApi } from '../patient.ts'
import { statusText } from '../task-text.ts'

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
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Show what a task wrote; without a task, the latest one.',
  args,
  options,
  notes: `Its stdout goes to stdout and its stderr to stderr, byte for byte, in the order they were written.
What was left out of the middle (limits.max_output_mb) is a line on stderr.
On a terminal, sequences that would do more than colour the text are left out.`,
  examples: ['sparkq logs AUTH-7', 'sparkq logs -f', 'sparkq logs AUTH-7 --attempt 1 --stderr --tail 50'],
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

async function show({ options, terminal }: Typed, api: Api, task: Task, writer: OutputWriter): Promise<void> {
  const attempt = options.attempt ?? task.attempt
  if (attempt === null) {
    const isOver = task.finished_at !== null
    terminal.err.line(`${task.friendly_id} ${isOver ? 'never ran' : 'has not run yet'} · ${statusText(task)}`)
    if (!isOver) sayNext(terminal.err, [[`sparkq logs -f ${task.friendly_id}`, 'wait for it']])
    return
  }
  const look = createOutputReader(api, task.id, attempt)
  await print(api, task, attempt, await look({ all: true }), options.tail, writer)
}

/** How often the output of a running attempt is looked at. */
const lookMs = 50

/** Shows one attempt after the other until the task has ended, or the one that was asked for. */
async function follow({ options }: Typed, api: Api, task: Task, writer: OutputWriter): Promise<void> {
  const pulse = await openPulse(api)
  const stopTime = keepTime(api)
  try {
    let attempt = options.attempt ?? (await waitForAttempt(api, task, 0, pulse))
    for (let tail = options.tail; attempt !== undefined; tail = undefined) {
      await followAttempt(api, task, attempt, tail, pulse, writer)
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
  writer: OutputWriter,
): Promise<void> {
  const look = createOutputReader(api, task.id, attempt)
  let looked = await look({ all: tail !== undefined })
  await print(api, task, attempt, looked, tail, writer)
  while (!looked.ended) {
    await pulse.changed(lookMs)
    looked = await look({ all: false })
    await print(api, task, attempt, looked, undefined, writer)
  }
}

async function print(
  api: Api,
  { id }: Task,
  attempt: number,
  looked: Awaited<ReturnType<ReturnType<typeof createOutputReader>>>,
  tail: number | undefined,
  writer: OutputWriter,
): Promise<void> {
  const wanted = looked.segments.filter(({ stream }) => writer.wants(stream))
  const segments = tail === undefined ? wanted : await lastLines(api, id, attempt, wanted, tail)
  for (const segment of segments) {
    for await (const piece of readSegment(api, id, attempt, segment)) {
      if (typeof piece === 'number') await writer.skip(piece)
      else await writer.write(segment.stream, piece)
    }
  }
}
