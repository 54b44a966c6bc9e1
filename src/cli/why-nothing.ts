import type { Api, Output } from '../contract/api.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { sayNext } from './hints.ts'
import { findQueue, openingCommand, whyClosed } from './lanes.ts'
import type { Terminal } from './terminal.ts'
import { count } from './text.ts'
import { clock } from './times.ts'

/** Says why a lane has no task to take, and what would change that. */
export async function sayWhyNothing(
  { err }: Terminal,
  api: Api,
  ref: string,
  { none_because, retry_at }: Output<'peekQueue'>,
): Promise<void> {
  const queue = await findQueue(api, ref)
  const until = retry_at ? ` until ${clock(retry_at)}` : ''
  const lane = shellQueue(queue.name)
  const waiting = count(queue.counts.queued, 'queued task')
  switch (none_because) {
    case 'not_active': {
      err.line(`Nothing to take: queue "${queue.name}" is ${whyClosed(queue)}.`)
      const opening = openingCommand(queue)
      if (opening) sayNext(err, [[opening, 'let it go on']])
      return
    }
    case 'delayed':
    case 'waiting': {
      const { questions } = await api.listQuestions({ queue_id: queue.id, open: true, limit: 1 })
      if (questions[0] && until === '') {
        err.line(`Nothing to take yet: ${questions[0].friendly_id} waits for the person's answer.`)
        return sayNext(err, [['sparkq questions', 'what is asked']])
      }
      err.line(`Nothing to take yet: ${waiting} in "${queue.name}", waiting${until}.`)
      return sayNext(err, [[`sparkq tasks ${lane} --status queued`, 'what waits']])
    }
    case 'max_running':
      err.line(`Nothing to take yet: as many tasks run as limits.max_running allows.`)
      return sayNext(err, [['sparkq tasks --status running', 'what runs']])
    default:
      err.line(`Nothing to take: queue "${queue.name}" is empty.`)
      return sayNext(err, [[`sparkq enqueue ${lane} -c 'COMMAND'`, 'put work into it']])
  }
}
