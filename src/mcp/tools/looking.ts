import { type Static, Type } from '@sinclair/typebox'
import { Nullable } from '../../contract/fields.ts'
import { operations } from '../../contract/operations.ts'
import { readPages } from '../../contract/pages.ts'
import { Queue } from '../../contract/queues.ts'
import { Task } from '../../contract/tasks.ts'
import { count } from '../../contract/words.ts'
import { paragraphs } from '../next.ts'
import { outputText, readTail } from '../output.ts'
import { defineTool } from '../tool.ts'
import { laneText, stateText, workLine, workText } from '../work-text.ts'

const Lane = Type.Composite([
  Type.Pick(Queue, ['id', 'name', 'status', 'pause_reason', 'resume_at', 'counts', 'settings']),
  Type.Object({
    session: Type.String(),
    runner: Nullable(Type.String({ description: 'the runner that works it by itself, if one does' })),
    instructions: Type.Optional(Nullable(Type.String({ description: 'where one lane is asked for' }))),
  }),
])

const { id: lane } = operations.getQueue.input.properties
const { session_id: session, status, archived } = operations.listQueues.input.properties

export const listLanes = defineTool({
  name: 'list_lanes',
  title: 'List the lanes',
  description:
    'Lists the lanes with their state and how many tasks they hold; with lane, that one alone and its instructions.',
  input: Type.Object(
    { lane: Type.Optional(lane), session, status, archived },
    { additionalProperties: false },
  ),
  output: Type.Object({ lanes: Type.Array(Lane) }),
  nature: 'reads',
  run: async ({ lane, session, ...filter }, { api }) => {
    const where = { ...filter, ...(session === undefined ? {} : { session_id: session }) }
    const queues =
      lane === undefined
        ? (await readPages('queues', page => api.listQueues({ ...where, ...page }))).queues.reverse()
        : [(await api.getQueue({ id: lane })).queue]
    const { runners } = await api.listRunners()
    const lanes = queues.map(queue => {
      const { id, name, status, pause_reason, resume_at, counts, settings, instructions } = queue
      const runner = runners.find(it => it.queue.id === id && !it.lost)?.worker_id ?? null
      const all = {
        id,
        name,
        session: queue.session.name,
        status,
        pause_reason,
        resume_at,
        counts,
        settings,
        runner,
      }
      return lane === undefined ? all : { ...all, instructions }
    })
    const lines = lanes.map(it => {
      const runner = it.runner === null ? '' : `; ${it.runner} works it`
      return `- ${it.name} (session ${it.session}): ${laneText(it)}${runner}`
    })
    return {
      data: { lanes },
      text: paragraphs(
        lines.length === 0 ? 'There is no lane.' : lines.join('\n'),
        ...queues.map(it => (lane === undefined ? undefined : it.instructions)),
      ),
    }
  },
})

const Line = Type.Composite([
  Type.Pick(Task, [
    ...(['id', 'friendly_id', 'tool_name', 'status', 'wait_reason', 'not_before', 'worker_id'] as const),
    ...(['created_at', 'finished_at', 'result_summary', 'error_type', 'error_message', 'review'] as const),
  ]),
  Type.Object({ lane: Type.String(), work: Type.String({ description: 'what it does, in one line' }) }),
])

const list = operations.listTasks.input.properties
const usualLimit = 20

export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description: 'Lists tasks, newest first, of one lane or of all. get_task shows one whole.',
  input: Type.Object(
    {
      lane: list.queue_id,
      session: list.session_id,
      ...{ status: list.status, tool_name: list.tool_name, review: list.review, q: list.q },
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: usualLimit })),
      cursor: list.cursor,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ tasks: Type.Array(Line), next_cursor: Nullable(Type.String()) }),
  nature: 'reads',
  run: async ({ lane, session, limit = usualLimit, ...filter }, { api }) => {
    const { tasks, next_cursor } = await api.listTasks({
      ...filter,
      limit,
      ...(lane === undefined ? {} : { queue_id: lane }),
      ...(session === undefined ? {} : { session_id: session }),
    })
    const lines = tasks.map(
      it => `- ${it.friendly_id} (${it.queue.name}), ${stateText(it)}\n  ${workLine(it)}`,
    )
    return {
      data: { tasks: tasks.map(line), next_cursor },
      text: paragraphs(
        lines.length === 0 ? 'There is no such task.' : lines.join('\n'),
        next_cursor === null ? '' : `There are more: cursor ${JSON.stringify(next_cursor)}.`,
      ),
    }
  },
})

function line(task: Task): Static<typeof Line> {
  const { id, friendly_id, tool_name, status, wait_reason, not_before, worker_id, queue } = task
  const { created_at, finished_at, result_summary, error_type, error_message, review } = task
  return {
    ...{
      id,
      friendly_id,
      lane: queue.name,
      work: workLine(task),
      tool_name,
      status,
      wait_reason,
      not_before,
    },
    ...{ worker_id, created_at, finished_at, result_summary, error_type, error_message, review },
  }
}

const mostOutput = 20_000

export const getTask = defineTool({
  name: 'get_task',
  title: 'Show a task',
  description:
    'Shows everything about a task: what it does, its state and why it does not run, its result; with output_chars, also the end of what it wrote.',
  input: Type.Object(
    {
      task: operations.getTask.input.properties.id,
      output_chars: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: mostOutput,
          description: 'how much of its output; default: none',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    task: Task,
    why: Nullable(Type.String({ description: 'why it is not running' })),
    output: Nullable(Type.String({ description: 'the end of what it wrote' })),
  }),
  nature: 'reads',
  run: async ({ task: id, output_chars = 0 }, { api }) => {
    const { task } = await api.getTask({ id })
    const why = task.status === 'queued' ? (await api.explainTask({ id: task.id })).why.sentence : null
    const tail = output_chars > 0 ? await readTail(api, task, output_chars) : undefined
    const output = tail === undefined ? null : outputText(tail)
    return {
      data: { task, why, output },
      text: paragraphs(
        `${task.friendly_id} in the lane "${task.queue.name}", ${task.tool_name}, ${count(task.attempts, 'attempt')}: ${stateText(task)}`,
        why,
        workText(task),
        task.error_detail && `What the tool said:\n${task.error_detail}`,
        task.result_data === null ? '' : `Result data: ${JSON.stringify(task.result_data)}`,
        output === null ? '' : `Output:\n${output === '' ? '(none)' : output}`,
      ),
    }
  },
})
