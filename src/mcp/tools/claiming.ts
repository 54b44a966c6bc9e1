import { Type } from '@sinclair/typebox'
import { operations } from '../../contract/operations.ts'
import { Handed, handOver, nothing, showNext } from '../handed.ts'
import { type Call, defineTool } from '../tool.ts'
import { claimWhenReady } from '../wait.ts'

const { id: lane, claim_key } = operations.claimTask.input.properties

const seen_instructions = Type.Optional(
  Type.String({
    maxLength: 100,
    description: 'the instructions_digest of instructions that you have read: they are then not sent again',
  }),
)
const whose = {
  lane,
  seen_instructions,
  claim_key: Type.Optional({
    ...claim_key,
    description: 'a text of your own: the same again answers the same task, and takes no second one',
  }),
}

/** Clients end a call that is longer than two minutes. */
const longestWait = 100
const tellEveryMs = 10_000

export const peek = defineTool({
  name: 'peek',
  title: 'Look at the next task',
  description: 'Shows the task that a claim in this lane would take, and takes nothing.',
  input: Type.Object({ lane, seen_instructions }, { additionalProperties: false }),
  output: Handed,
  nature: 'reads',
  run: async (input, { api }) => {
    const answer = await api.peekQueue({ id: input.lane })
    return answer.task ? showNext(answer.task, input.seen_instructions) : nothing(input.lane, answer)
  },
})

export const claim = defineTool({
  name: 'claim',
  title: 'Take the next task',
  description:
    'Takes the next task of a lane for you, with the lane’s instructions. It is yours until you complete or fail it, or ask the person about it. Answers at once, also when there is nothing to take; wait_for_task waits.',
  input: Type.Object(whose, { additionalProperties: false }),
  output: Handed,
  nature: 'adds',
  run: async (input, call) => {
    const answer = await claimOnce(input, call)
    return answer.task ? handOver(answer.task, input.seen_instructions) : nothing(input.lane, answer)
  },
})

export const waitForTask = defineTool({
  name: 'wait_for_task',
  title: 'Wait for a task and take it',
  description: `Takes the next task of a lane for you as soon as there is one: at once, or within wait_s seconds (at most ${longestWait}). Call it again when nothing came and you are to go on waiting.`,
  input: Type.Object(
    {
      ...whose,
      wait_s: Type.Optional(
        Type.Integer({ minimum: 0, maximum: longestWait, default: 60, description: 'seconds to wait' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Handed,
  nature: 'adds',
  run: async (input, call) => {
    const { lane, wait_s = 60 } = input
    const { queue } = await call.api.getQueue({ id: lane })
    const stopTelling = keepTelling(call, wait_s, queue.name)
    try {
      const answer = await claimWhenReady({
        api: call.api,
        queueId: queue.id,
        claim: () => claimOnce(input, call),
        waitMs: wait_s * 1000,
        signal: call.signal,
      })
      return answer.task ? handOver(answer.task, input.seen_instructions) : nothing(queue.name, answer)
    } finally {
      stopTelling()
    }
  },
})

function claimOnce(
  { lane, claim_key }: { lane: string; claim_key?: string },
  { api, worker, process, key }: Call,
) {
  const own = claim_key ?? key
  return api.claimTask({
    ...{ id: lane, worker_id: worker },
    ...(process === undefined ? {} : { process }),
    ...(own === undefined ? {} : { claim_key: own }),
  })
}

/** Without a word for long, a client takes a call for dead. */
function keepTelling({ tell }: Call, total: number, lane: string): () => void {
  const began = performance.now()
  const say = (): void => {
    const done = Math.min(total, Math.round((performance.now() - began) / 1000))
    tell({ done, total, message: `Waiting for a task in the lane "${lane}"` })
  }
  say()
  const timer = setInterval(say, tellEveryMs)
  return () => clearInterval(timer)
}
