import type { Api } from '../../contract/api.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import type { Task } from '../../contract/tasks.ts'
import type { Tool } from '../../contract/tools.ts'
import type { ChatEvent } from '../../runner/chat.ts'
import { openingCommand, whyClosed } from '../lanes.ts'
import { count, indent, oneLine, visible } from '../text.ts'
import { soonOrClock, span } from '../times.ts'
import { taskLines } from './task-lines.ts'

export type StreamOptions = {
  api: Api
  /** Takes each line, as it is to be written. */
  write(line: string): void
  root: string
  /** How commands are typed, and what follows them. */
  sparkq: string
  suffix: string
}

/** What an assistant reads, and nothing else: plain lines, on a terminal too. */
export function createStream({ api, write, ...how }: StreamOptions) {
  let tools: Tool[] = []
  let line = Promise.resolve()
  let lane = ''

  const toolOf = async ({ tool_name }: Task): Promise<Tool> => {
    const named = (): Tool | undefined => tools.find(it => it.name === tool_name)
    // One may be added while the lane is worked.
    if (!named()) tools = (await api.listTools()).tools
    return named() ?? unknownTool(tool_name)
  }
  const lines = async (event: ChatEvent): Promise<string[]> => {
    if (event.type === 'task') return taskLines({ ...event, ...how, tool: await toolOf(event.task) })
    if (event.type === 'started') lane = event.queue.name
    return eventLines(event, lane, how.sparkq)
  }
  return {
    /** Events are written in their order. */
    report: (event: ChatEvent): void => {
      line = line.then(async () => {
        for (const text of await lines(event)) write(text)
      })
    },
    /** All that was reported is written. */
    written: (): Promise<void> => line,
  }
}

/** Of a tool that was deleted meanwhile only the name is left. */
const unknownTool = (name: string) =>
  ({ name, description: null, command: null, agent: null, model: null, kind: 'other' }) as unknown as Tool

function eventLines(event: Exclude<ChatEvent, { type: 'task' }>, lane: string, sparkq: string): string[] {
  switch (event.type) {
    case 'started': {
      const { queue, runner } = event
      const instructions = queue.instructions?.trim()
      return [
        `SparkQ lane "${oneLine(queue.name)}" · session "${oneLine(queue.session.name)}" · you are ${oneLine(runner.worker_id)}.`,
        'You work this lane. Its tasks come one at a time: do what a task says, finish it with one of the commands below it, and read on.',
        ...(instructions
          ? ['Instructions for all tasks of this lane:', indent(visible(instructions), 2)]
          : []),
      ]
    }
    case 'stale': {
      const { friendly_id, timeout, stops_at } = event.task
      const stop = stops_at ? `; it is failed ${soonOrClock(stops_at)} if you do not finish it` : ''
      return [`! ${friendly_id} is stale: it has taken longer than its ${span(timeout)}${stop}.`]
    }
    case 'over':
      return ['', overLine(event.task)]
    case 'waiting':
      return waitingLines(event)
    case 'warning':
      return [`! ${oneLine(event.message)}`]
    case 'ended':
      return endLines(event, lane, sparkq)
  }
}

function overLine({
  friendly_id: name,
  status,
  error_type,
  error_message,
  wait_reason,
  result_summary,
}: Task): string {
  const said = error_message === null ? '' : ` ${oneLine(error_message)}`
  if (status === 'succeeded') return `${name} is done: ${oneLine(result_summary ?? '')}`
  if (status === 'running') return `! ${name} was taken by somebody else: stop working on it.`
  if (status === 'queued') {
    if (wait_reason === 'question') return `${name} waits for the person's answer. Leave it as it is.`
    return `! ${name} is back in its lane: stop working on it.${said}`
  }
  if (error_type === 'reported') return `${name} is failed:${said}`
  if (error_type === 'cancelled') return `! ${name} was cancelled by the person: stop working on it.`
  return `! ${name} is failed: stop working on it.${said}`
}

function waitingLines({ queue, because, until, asking }: Extract<ChatEvent, { type: 'waiting' }>): string[] {
  const due = until === null ? '' : ` ${soonOrClock(until)}`
  const open =
    asking.length === 0
      ? []
      : [`${asking.join(', ')} ${asking.length === 1 ? 'waits' : 'wait'} for the person's answer.`]
  switch (because) {
    case 'not_active': {
      const opening = openingCommand(queue)
      const how = opening ? ` The person lets it go on: ${opening}` : ''
      return ['', `The lane is ${whyClosed(queue) ?? queue.status}: no task is given out.${how}`, ...open]
    }
    case 'delayed':
    case 'waiting':
      return [
        '',
        ...(until === null && open.length > 0 ? [] : [`The next task is due${due || ' later'}.`]),
        ...open,
      ]
    case 'max_running':
    case 'tree_busy':
      return ['', 'Other lanes have all places for now; the next task comes when there is one.', ...open]
    default:
      return ['', 'Nothing is queued.', ...open]
  }
}

function endLines(
  { done, left, because }: Extract<ChatEvent, { type: 'ended' }>,
  lane: string,
  sparkq: string,
): string[] {
  const again = `${sparkq} runner ${shellQueue(lane)} --chat`
  const finished = `${count(done, 'task')} finished here`
  const stays = left ? ` ${left.friendly_id} stays yours: finish it with its command.` : ''
  switch (because) {
    case 'once':
      return [
        '',
        '=== end: one task was asked for. When it is finished, the next one: ===',
        `  ${again} --once`,
      ]
    case 'nothing_left':
      return ['', `=== end: ${finished}. For what comes later: ===`, `  ${again}`]
    case 'stopping':
      return ['', `=== end: the person asked this runner to go; ${finished}. ===`]
    case 'interrupted':
      return ['', `=== end: this stream was stopped; ${finished}.${stays} To go on: ===`, `  ${again}`]
    case 'worker_gone':
      return ['', `=== end: whoever read this is gone; ${finished}. ===`]
  }
}
