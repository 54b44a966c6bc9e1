import type { Api } from '../contract/api.ts'
import { shellQueue } from '../contract/shell-word.ts'
import type { Task } from '../contract/tasks.ts'
import { type Hint, sayNext } from './hints.ts'
import { findQueue, findRunner, openingCommand, whyClosed, workCommand } from './lanes.ts'
import { describeWork } from './task-text.ts'
import type { Terminal } from './terminal.ts'
import { ordinal, shorten } from './text.ts'
import { clock } from './times.ts'
import { isRun } from './tool-kinds.ts'

/** Says of a task that it is queued, where it stands, and what to type next. */
export async function sayQueued(
  terminal: Terminal,
  api: Api,
  task: Task,
  headline = `Queued ${task.friendly_id}`,
): Promise<void> {
  const { place, next } = await whereItStands(api, task)
  terminal.out.line([headline, workText(terminal, task), place].join(' · '))
  sayNext(terminal.err, [...next, [`sparkq logs -f ${task.friendly_id}`, 'follow it']])
}

/** `run-bash ./scripts/migrate.sh`, not longer than a line bears. */
export function workText({ out }: Terminal, task: Task): string {
  return shorten(`${task.tool_name} ${describeWork(task)}`, out.isTerminal ? 60 : Number.POSITIVE_INFINITY)
}

async function whereItStands(api: Api, task: Task): Promise<{ place: string; next: Hint[] }> {
  const [queue, runner, { why }] = await Promise.all([
    findQueue(api, task.queue.id),
    findRunner(api, task.queue.id),
    api.explainTask({ id: task.id }),
  ])
  const ahead = why.ahead ?? 0
  const lane = shellQueue(queue.name)
  const place = task.not_before ? `not before ${clock(task.not_before)}` : `${ordinal(ahead + 1)} in line`
  const closed = whyClosed(queue)
  if (closed !== undefined) {
    const opening = openingCommand(queue)
    return { place: `${place}, the lane is ${closed}`, next: opening ? [[opening, 'let it go on']] : [] }
  }
  if (!(await isRun(api, task.tool_name))) {
    return { place: `${place}, for a worker to claim`, next: [[`sparkq claim ${lane}`, 'take it']] }
  }
  if (runner === undefined) {
    return {
      place: `${place}, nothing runs this lane`,
      next: [[await workCommand(api, queue), 'work it now']],
    }
  }
  return { place: task.not_before || ahead > 0 ? place : 'runs next', next: [] }
}
