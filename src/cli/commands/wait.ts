import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import { readPages } from '../../contract/pages.ts'
import type { Task } from '../../contract/tasks.ts'
import { type Context, defineCommand } from '../command.ts'
import { endLine } from '../end-line.ts'
import { sayNext } from '../hints.ts'
import { unfinishedTask } from '../kinds.ts'
import { isKept } from '../lane-next.ts'
import { findQueue, findQueueIfAny, findRunner, openingCommand, whyClosed, workCommand } from '../lanes.ts'
import { jsonOption, queueOption, taskArg } from '../options.ts'
import { patientApi } from '../patient.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { span } from '../times.ts'
import { waitForTasks } from '../wait-for-tasks.ts'

const args = { tasks: { ...taskArg, kind: unfinishedTask, optional: true, many: true } } as const
const options = {
  queue: { ...queueOption, describe: 'all that is queued or running in this lane now' },
  timeout: { type: 'whole', value: 'SECONDS', min: 1, unit: 'seconds', describe: 'wait no longer than this' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Wait until tasks have ended; exit 0 if all succeeded, 1 if not.',
  usage: ['wait [options] TASK …', 'wait [options] --queue NAME'],
  args,
  options,
  examples: ['sparkq wait AUTH-7 AUTH-8', 'sparkq wait --queue auth --timeout 3600'],
  run: async context => {
    const { options, terminal } = context
    const connection = await context.connect()
    // A server that does not answer now is a mistake; one that goes away later comes back.
    const refs = await whatFor(context, connection.api)
    const api = patientApi(connection, terminal)
    const ended: Task[] = []
    let isBad = false
    const left = await waitForTasks(
      api,
      refs,
      {
        onEnded: task => {
          ended.push(task)
          isBad ||= task.status !== 'succeeded'
          if (!options.json) terminal.out.line(endLine(terminal, task))
        },
        onDeleted: task => {
          isBad = true
          terminal.err.line(`${task.friendly_id} was deleted.`)
        },
        onLane: createLaneNote(terminal, api),
      },
      timeLimit(options.timeout),
    )
    for (const task of left) {
      const { status } = (await api.getTask({ id: task.id })).task
      terminal.err.line(`Waited ${span(options.timeout ?? 0)}: ${task.friendly_id} is still ${status}.`)
    }
    if (options.json) printJson(terminal.out, { tasks: ended, next_cursor: null })
    return isBad || left.length > 0 ? 1 : 0
  },
})

async function whatFor({ args, options, terminal }: Typed, api: Api): Promise<string[]> {
  if (options.queue === undefined) {
    if (args.tasks.length === 0) {
      throw invalid('Wait for what?', { hint: 'sparkq wait TASK …\nsparkq wait --queue NAME' })
    }
    const found = await Promise.all(args.tasks.map(id => api.getTask({ id })))
    return found.map(({ task }) => task.id)
  }
  if (args.tasks.length > 0)
    throw invalid('Either tasks or --queue, not both.', { hint: 'sparkq wait --help' })
  const queue = await findQueue(api, options.queue)
  const unfinished = (status: 'queued' | 'running') =>
    readPages('tasks', page => api.listTasks({ queue_id: queue.id, status, ...page }))
  // Running ones last: one that is claimed meanwhile is then found as queued or as running, never as neither.
  const { tasks: queued } = await unfinished('queued')
  const { tasks: running } = await unfinished('running')
  if (queued.length + running.length === 0)
    terminal.err.line(`Nothing is queued or running in "${queue.name}".`)
  return [...new Set([...queued, ...running].map(task => task.id))]
}

/** The longest time that a timer can hold, in seconds. */
const longestTimer = 2_147_483

function timeLimit(seconds: number | undefined): AbortSignal {
  if (seconds === undefined) return new AbortController().signal
  return AbortSignal.timeout(Math.min(seconds, longestTimer) * 1000)
}

/** Says of a lane that it stands still, and why; once for each reason. */
function createLaneNote({ err }: Terminal, api: Api) {
  const told = new Set<string>()
  return async (queueId: string): Promise<void> => {
    const queue = await findQueueIfAny(api, queueId)
    if (queue === undefined || queue.counts.running > 0) return
    const closed = whyClosed(queue)
    if (closed === undefined && ((await findRunner(api, queueId)) || (await isKept(api, queue)))) return
    const note = closed ?? 'not worked by any runner'
    if (told.has(queueId + note)) return
    told.add(queueId + note)
    err.line(`Still waiting: queue "${queue.name}" is ${note}.`)
    const opening = openingCommand(queue)
    if (opening) sayNext(err, [[opening, 'let it go on']])
    else if (closed === undefined) sayNext(err, [[await workCommand(api, queue), 'work it']])
  }
}
