import fc from 'fast-check'
import type { QueueSettings } from '../../src/contract/queues.ts'
import { type Step, step } from './command.ts'
import * as lanes from './lanes.ts'
import { given, maybe, pick, pickQueue, queueRef, sessionRef, timeText, when } from './picks.ts'
import { isHeld, type Model, type ModelQueue, runningIn } from './state.ts'

/** Commands about sessions and queues, each with how often it comes. */

const sessionName = fc.constantFrom('s1', 's2', 's3', 'S1 ', ' ', 'ses_1')
const queueName = fc.constantFrom('auth', 'web', 'docs', 'Auth!', 'auth2', 'Web', '--', 'que_1')

const setting: fc.Arbitrary<{ [K in keyof QueueSettings]: QueueSettings[K] | null }> = fc.oneof(
  fc.record({ on_failure: fc.constantFrom('continue', 'pause', null) }),
  fc.record({ on_lost: fc.constantFrom('hold', 'retry', 'fail', null) }),
  fc.record({ on_wait: fc.constantFrom('block', 'skip', null) }),
  fc.record({ default_tool: fc.constantFrom('run-bash', 'llm-haiku', null) }),
)

/** What a live runner executes is not waited for here: nobody would ever end it. */
const mayCancel = (model: Model, queues: ModelQueue[]): boolean =>
  !queues.some(queue => runningIn(model, queue).some(task => isHeld(model, task)))

export const createSession = (name: string): Step =>
  step(
    'createSession',
    () => ({ name }),
    (model, input, answer) => lanes.createSession(model, input, answer?.session.id ?? ''),
  )

export const createQueue = (
  name: string,
  session: (model: Model) => string,
  more: { status?: 'planned'; instructions?: string } = {},
): Step =>
  step(
    'createQueue',
    model => ({ session_id: session(model), name, ...more }),
    (model, input, answer) => lanes.createQueue(model, input, answer?.queue.id ?? ''),
  )

export const laneSteps: fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: sessionName.map(createSession) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick, maybe(sessionName))
      .map(([who, name]) =>
        step('updateSession', model => given({ id: sessionRef(model, who), name }), lanes.updateSession),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(queueName, pick, maybe(fc.constant('planned' as const)), maybe(fc.constant('Be kind.')))
      .map(([name, who, status, instructions]) =>
        createQueue(name, model => sessionRef(model, who), given({ status, instructions })),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick, maybe(queueName), setting)
      .map(([which, name, settings]) =>
        step(
          'updateQueue',
          model => given({ id: queueRef(model, which), name, settings }),
          lanes.updateQueue,
        ),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(pick, maybe(fc.constant('Lunch.')), maybe(when)).map(([which, reason, at]) =>
      step(
        'pauseQueue',
        model => {
          const resume_at = at === undefined ? undefined : timeText(model, at)
          return given({ id: queueRef(model, which), reason, resume_at })
        },
        lanes.pauseQueue,
      ),
    ),
  },
  { weight: 3, arbitrary: ofQueue('resumeQueue', it => it.status === 'idle', lanes.resumeQueue) },
  { weight: 2, arbitrary: ofQueue('activateQueue', it => it.status === 'planned', lanes.activateQueue) },
  { weight: 1, arbitrary: ofQueue('archiveQueue', () => true, lanes.archiveQueue) },
  { weight: 2, arbitrary: ofQueue('unarchiveQueue', it => it.status === 'archived', lanes.unarchiveQueue) },
  { weight: 1, arbitrary: ending('endQueue', lanes.endQueue) },
  { weight: 1, arbitrary: ending('deleteQueue', lanes.deleteQueue) },
  { weight: 1, arbitrary: endingSession('endSession', lanes.endSession) },
  { weight: 1, arbitrary: endingSession('deleteSession', lanes.deleteSession) },
]

type OfQueue = 'resumeQueue' | 'activateQueue' | 'archiveQueue' | 'unarchiveQueue'

function ofQueue(
  name: OfQueue,
  suits: (queue: ModelQueue) => boolean,
  rule: (model: Model, input: { id: string }) => unknown,
): fc.Arbitrary<Step> {
  return pick.map(which => step(name, model => ({ id: queueRef(model, which, suits) }), rule))
}

type Ending = { id: string; cancel_running?: boolean }

function ending(
  name: 'endQueue' | 'deleteQueue',
  rule: (model: Model, input: Ending) => unknown,
): fc.Arbitrary<Step> {
  return fc.tuple(pick, fc.boolean()).map(([which, cancel]) =>
    step(
      name,
      model => {
        const queue = pickQueue(model, which)
        const cancel_running = queue && cancel && mayCancel(model, [queue]) ? true : undefined
        return given({ id: queueRef(model, which), cancel_running })
      },
      rule,
      { unordered: true },
    ),
  )
}

function endingSession(
  name: 'endSession' | 'deleteSession',
  rule: (model: Model, input: Ending) => unknown,
): fc.Arbitrary<Step> {
  return fc.tuple(pick, fc.boolean()).map(([who, cancel]) =>
    step(
      name,
      model => {
        const cancel_running = cancel && mayCancel(model, model.queues) ? true : undefined
        return given({ id: sessionRef(model, who), cancel_running })
      },
      rule,
      { unordered: true },
    ),
  )
}
