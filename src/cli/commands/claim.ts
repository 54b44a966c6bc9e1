import os from 'node:os'
import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import { workerId } from '../../contract/runners.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { listedQueue } from '../kinds.ts'
import { findQueue, listQueues, readQueueName } from '../lanes.ts'
import { queueOption } from '../options.ts'
import { count } from '../text.ts'
import { sayWhyNothing } from '../why-nothing.ts'

export const command = defineCommand({
  summary: 'Take the next task of a lane, to do it yourself.',
  args: {
    queue: { value: 'NAME', kind: listedQueue, describe: 'the lane, unless -q names it', optional: true },
  },
  options: {
    queue: queueOption,
    worker: { type: 'text', value: 'ID', describe: 'who takes it; default: worker-HOST-QUEUE' },
    key: { type: 'text', value: 'KEY', describe: 'the same key again answers the same claim' },
  },
  notes: `Prints the task as one line of JSON, and nothing when there is none to take.
Finish it with: sparkq complete TASK "SUMMARY", or: sparkq fail TASK "REASON"`,
  examples: ['sparkq claim -q auth', 'sparkq claim -q auth --worker claude-1 --key "$RANDOM"'],
  run: async ({ args, options, terminal, connect }) => {
    const ref = readQueueName([options.queue, args.queue])
    const { api } = await connect()
    if (ref === undefined) throw await whichQueue(api)
    const queue = await findQueue(api, ref)
    const answer = await api.claimTask({
      id: queue.id,
      worker_id: options.worker ?? workerId(os.hostname(), queue.name),
      ...(options.key === undefined ? {} : { claim_key: options.key }),
    })
    if (answer.task) terminal.out.data(JSON.stringify(answer.task))
    else await sayWhyNothing(terminal, api, queue.id, answer)
  },
})

async function whichQueue(api: Api) {
  const waiting = (await listQueues(api)).filter(({ counts }) => counts.queued > 0)
  if (waiting.length === 0)
    return invalid('Which queue? None has queued tasks.', { hint: 'sparkq queue list' })
  return invalid('Which queue? These have queued tasks:', {
    hint: waiting
      .map(({ name, counts }) => `sparkq claim ${shellQueue(name)}    ${count(counts.queued, 'queued task')}`)
      .join('\n'),
  })
}
