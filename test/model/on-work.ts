import fc from 'fast-check'
import type { Ending } from '../../src/contract/attempts.ts'
import { self } from '../../src/processes/identity.ts'
import { type Step, step } from './command.ts'
import { checkState } from './compare.ts'
import * as gate from './gate.ts'
import {
  comingTimes,
  given,
  isRunning,
  maybe,
  type Pick,
  pick,
  pickQueue,
  pickTask,
  queueRef,
  taskRef,
} from './picks.ts'
import { type Model, stamp } from './state.ts'
import * as working from './working.ts'

/** Commands that do the work, and those that let time pass; each with how often it comes. */

/** A process that is no more; nothing can be found, or hit, by it. */
const deadProcess = () => ({ ...self(), pid: 999_999_999, start_time: 'gone' })

const agentEnding: fc.Arbitrary<Ending> = fc
  .constantFrom(
    ...(['ok', 'usage_limit', 'usage_limit', 'overload', 'network', 'auth'] as const),
    ...(['refused', 'error', 'max_turns'] as const),
  )
  .map(outcome => ({ kind: 'agent', outcome, detail: `It was ${outcome}.` }))

const ending: fc.Arbitrary<Ending> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'exit', code: 0 }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'exit', code: 1 }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'signal', signal: 'SIGSEGV' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stopped'),
      cause: fc.constantFrom('cancelled', 'timeout', 'stalled'),
      signal: fc.constantFrom('SIGTERM', null),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'spawn_failed', detail: 'ENOMEM' }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'invalid_payload', detail: 'No script.' }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'vanished', detail: 'no process' }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'not_started', detail: 'no runner' }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'no_room', detail: 'the disk is full.' }) },
  { weight: 10, arbitrary: agentEnding },
)

/** Which attempt is meant: the current one, most of the time. */
const attempt = fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1)
const summary = fc.constantFrom('Done.', 'Done.', 'Fine. ', ' ')

/** A running task, most of the time, and a number of its attempts. */
function running(model: Model, which: Pick, offset: number) {
  const number = pickTask(model, which, isRunning)?.attempt ?? 1
  return { id: taskRef(model, which, isRunning), attempt: Math.max(1, number + offset) }
}

/** The runner of that lane; or another one, or one that is no more. */
function runnerId(model: Model, which: Pick, how: number): string | undefined {
  if (how === 0) return 'run_0'
  const queue = pickQueue(model, which)
  const holder = model.runners.find(it => it.queue === queue)
  return how === 1 ? model.runners[0]?.id : holder?.id
}

const claim = fc
  .record({
    queue: pick,
    worker_id: maybe(fc.constantFrom('w1', 'w2')),
    claim_key: maybe(fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6')),
    runner: maybe(fc.nat(9), 3),
    bound: maybe(fc.constantFrom('alive', 'gone', 'gone')),
    tools: maybe(fc.constantFrom('run-bash', 'llm-haiku').map(name => [name as string])),
  })
  .map(it =>
    step(
      'claimTask',
      model => {
        const { queue, runner, bound, ...rest } = it
        const runner_id = runner === undefined || bound ? undefined : runnerId(model, queue, runner)
        const process = bound && (bound === 'alive' ? self() : deadProcess())
        return given({ id: queueRef(model, queue), runner_id, process, ...rest })
      },
      working.claimTask,
    ),
  )

export const workSteps: fc.WeightedArbitrary<Step>[] = [
  { weight: 26, arbitrary: claim },
  {
    weight: 9,
    arbitrary: fc
      .tuple(pick, maybe(attempt), summary, maybe(fc.constantFrom({ n: 1 }, [])))
      .map(([which, offset, result_summary, result_data]) =>
        step(
          'completeTask',
          model => {
            const { id, attempt: number } = running(model, which, offset ?? 0)
            return given({
              id,
              attempt: offset === undefined ? undefined : number,
              result_summary,
              result_data,
            })
          },
          working.completeTask,
        ),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick, maybe(attempt), summary, maybe(fc.constant('stack')))
      .map(([which, offset, error_message, error_detail]) =>
        step(
          'failTask',
          model => {
            const { id, attempt: number } = running(model, which, offset ?? 0)
            return given({
              id,
              attempt: offset === undefined ? undefined : number,
              error_message,
              error_detail,
            })
          },
          working.failTask,
        ),
      ),
  },
  {
    weight: 18,
    arbitrary: fc
      .tuple(pick, attempt, ending, maybe(fc.constant('Wrote it.')), maybe(fc.constant(-500)))
      .map(([which, offset, how, result_summary, ago]) =>
        step(
          'finishAttempt',
          model => {
            const finished_at = ago === undefined ? undefined : stamp(model.now + ago)
            return given({ ...running(model, which, offset), ending: how, result_summary, finished_at })
          },
          working.finishAttempt,
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(pick, attempt).map(([which, offset]) =>
      step(
        'startAttempt',
        model => ({
          ...running(model, which, offset),
          process: deadProcess(),
          command: ['true'],
          cwd: '/',
        }),
        working.startAttempt,
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(pick, attempt, fc.constantFrom('cancelled' as const, 'timeout' as const, 'stalled' as const))
      .map(([which, offset, cause]) =>
        step('stopAttempt', model => ({ ...running(model, which, offset), cause }), working.stopAttempt),
      ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(pick, fc.nat(2)).map(([which, n]) => startRunner(which, n > 0)),
  },
  {
    weight: 3,
    arbitrary: fc
      .nat(3)
      .map(n => step('stopRunner', model => ({ id: model.runners[n]?.id ?? 'run_0' }), working.stopRunner)),
  },
  {
    weight: 8,
    arbitrary: fc.constant(
      step(
        'sweep',
        () => ({}),
        model => working.sweep(model),
        { unordered: true },
      ),
    ),
  },
  { weight: 12, arbitrary: fc.oneof(passing(), untilNext()) },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(undefined, 60, 4000)
      .map(seconds =>
        step(
          'pauseProvider',
          model =>
            given({ name: 'claude' as const, until: seconds && stamp(model.now + seconds * 1000) }) as never,
          gate.pauseProvider,
        ),
      ),
  },
  {
    weight: 5,
    arbitrary: fc.constant(step('resumeProvider', () => ({ name: 'claude' }), gate.resumeProvider)),
  },
]

const startRunner = (which: Pick, alive: boolean): Step =>
  step(
    'startRunner',
    model => ({
      queue_id: queueRef(model, which),
      mode: 'watch' as const,
      worker_id: 'w1',
      process: alive ? self() : deadProcess(),
    }),
    (model, input, answer) => working.startRunner(model, input, answer?.runner.id ?? '', alive),
  )

function passing(): fc.Arbitrary<Step> {
  return fc.constantFrom(1, 9_999, 10_000, 60_000, 3_600_000, 86_400_000).map(ms => wait(() => ms))
}

/** To the moment at which something is due, or next to it: the rules say "from then on", exactly. */
function untilNext(): fc.Arbitrary<Step> {
  return fc.tuple(fc.nat(5), fc.constantFrom(-1, 0, 0, 1)).map(([n, beside]) =>
    wait(model => {
      const times = comingTimes(model)
      const time = times[n % times.length]
      return time === undefined ? 0 : Math.max(0, time + beside - model.now)
    }),
  )
}

/** Time passes: alone, that changes nothing. */
function wait(ms: (model: Model) => number): Step {
  return {
    check: () => true,
    toString: () => 'wait',
    run: async (model, real) => {
      const by = ms(model)
      real.calls.push(`wait ${by} ms`)
      model.now += by
      model.events = []
      real.clock.advance(by / 1000)
      real.lastSeq = await checkState(real.api, model, { lastSeq: real.lastSeq, unordered: false })
    },
  }
}
