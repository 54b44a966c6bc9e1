import os from 'node:os'
import type { Api } from '../../contract/api.ts'
import type { ProcessIdentity } from '../../contract/attempts.ts'
import { invalid } from '../../contract/errors.ts'
import { workerId } from '../../contract/runners.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import { identify } from '../../processes/identity.ts'
import { findWorker } from '../../processes/worker.ts'
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
    bind: {
      type: 'text',
      value: 'PID|parent',
      describe: 'give the task back when this process is gone; parent: whoever runs this command',
    },
  },
  notes: `Prints the task as one line of JSON, and nothing when there is none to take.
Finish it with: sparkq complete TASK "SUMMARY", or: sparkq fail TASK "REASON"
With --bind the task is back in its lane within seconds of the end of that process, and costs no attempt; without it, it is failed
at twice its timeout.`,
  examples: [
    'sparkq claim -q auth',
    'sparkq claim -q auth --bind parent',
    'sparkq claim -q auth --worker claude-1 --key "$RANDOM"',
  ],
  run: async ({ args, options, terminal, connect }) => {
    const ref = readQueueName([options.queue, args.queue])
    const process = options.bind === undefined ? undefined : readBinding(options.bind)
    const { api } = await connect()
    if (ref === undefined) throw await whichQueue(api)
    const queue = await findQueue(api, ref)
    const answer = await api.claimTask({
      id: queue.id,
      worker_id: options.worker ?? workerId(os.hostname(), queue.name),
      ...(options.key === undefined ? {} : { claim_key: options.key }),
      ...(process === undefined ? {} : { process }),
    })
    if (answer.task) terminal.out.data(JSON.stringify(answer.task))
    else await sayWhyNothing(terminal, api, queue.id, answer)
  },
})

/** `parent` is whoever has typed the command, not the shell or the launcher between. */
function readBinding(typed: string): ProcessIdentity {
  if (typed === 'parent') {
    const worker = findWorker()
    if (worker) return worker
    throw invalid('Who runs this command cannot be seen here.', { hint: '--bind PID, or leave it out' })
  }
  if (!/^[1-9]\d{0,9}$/.test(typed)) throw invalid(`--bind takes a process id, or parent; not "${typed}".`)
  const found = identify(Number(typed))
  if (found) return found
  throw invalid(`There is no process ${typed}.`, { hint: 'ps' })
}

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
