import type { Api } from '../contract/api.ts'
import type { Task } from '../contract/tasks.ts'
import { type Hint, sayNext } from './hints.ts'
import { laneNext } from './lane-next.ts'
import { findQueue } from './lanes.ts'
import { describeWork } from './task-text.ts'
import type { Terminal } from './terminal.ts'
import { ordinal, shorten } from './text.ts'
import { clock } from './times.ts'

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
  const [queue, { why }] = await Promise.all([
    findQueue(api, task.queue.id),
    api.explainTask({ id: task.id }),
  ])
  const ahead = why.ahead ?? 0
  const place = task.not_before ? `not before ${clock(task.not_before)}` : `${ordinal(ahead + 1)} in line`
  const { state, next } = await laneNext(api, queue, [task.tool_name])
  if (state !== undefined) return { place: `${place}, ${state}`, next }
  return { place: task.not_before || ahead > 0 ? place : 'runs next', next }
}
