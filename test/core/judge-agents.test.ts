import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AgentOutcome, agentOutcomes } from '../../src/contract/agents.ts'
import { defaultConfig } from '../../src/contract/config.ts'
import type { QueueSettings } from '../../src/contract/queues.ts'
import { type AgentHistory, type Ended, type Judging, judge, type Verdict } from '../../src/core/outcome.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')
const reset = '2026-03-01T14:00:00.000Z'

type Given = {
  settings?: QueueSettings
  attempts?: number
  max_attempts?: number
  losses?: number
  cancelled?: boolean
} & Partial<AgentHistory>

function judging({
  settings = {},
  attempts = 1,
  max_attempts = 1,
  losses = 0,
  cancelled = false,
  until = reset,
  outcomes = [],
}: Given = {}): Judging {
  const cancel_requested_at = cancelled ? reset : null
  return {
    task: { friendly_id: 'AUTH-7', attempts, max_attempts, timeout: 30, cancel_requested_at },
    ...{ settings, limits: defaultConfig.limits, now, losses, asked: 'none', agent: { until, outcomes } },
  }
}

const agent = (
  outcome: AgentOutcome,
  detail = 'It said so.',
  more: { code?: number; signal?: string } = {},
) => ({ kind: 'agent', outcome, detail, ...more }) as const

const parked: Partial<Verdict> = {
  ...{ step: 'give_back', charged: false, wait_reason: 'limit', not_before: reset },
  ...{ error_type: 'agent_error', pause: null },
}
const failed: Partial<Verdict> = {
  ...{ step: 'fail', charged: true, wait_reason: null, not_before: null },
  ...{ error_type: 'agent_error', pause: null },
}
const startsOver: Partial<Verdict> = { ...parked, wait_reason: 'retry', not_before: null }
const lost: Partial<Verdict> = { ...startsOver, wait_reason: 'worker_lost', error_type: 'worker_lost' }
const retried: Partial<Verdict> = {
  ...parked,
  charged: true,
  wait_reason: 'retry',
  not_before: '2026-03-01T12:00:10.000Z',
}
const faults = (n: number): AgentOutcome[] =>
  Array.from({ length: n }, (_, i) => (i % 2 ? 'network' : 'overload'))

/** What every outcome means for a task of one attempt, and of three. */
const alone: Record<AgentOutcome, [once: Partial<Verdict>, ofThree: Partial<Verdict>]> = {
  ok: [
    { step: 'succeed', error_type: null, error_message: null },
    { step: 'succeed', error_type: null, error_message: null },
  ],
  denied: [failed, failed],
  empty: [failed, retried],
  usage_limit: [parked, parked],
  overload: [parked, parked],
  network: [parked, parked],
  auth: [parked, parked],
  billing: [parked, parked],
  max_turns: [failed, failed],
  max_budget: [failed, failed],
  lost_conversation: [startsOver, startsOver],
  full_conversation: [startsOver, startsOver],
  refused: [failed, failed],
  unknown_model: [failed, failed],
  misuse: [failed, failed],
  killed: [lost, lost],
  no_result: [failed, retried],
  error: [failed, retried],
}
for (const outcome of agentOutcomes) {
  test(`an agent’s run that ends as ${outcome} is judged, with attempts left and without`, () => {
    for (const [i, max_attempts] of [1, 3].entries()) {
      const verdict = judge(agent(outcome), judging({ max_attempts }))
      const message = outcome === 'ok' ? null : 'It said so.'
      assert.deepEqual(verdict, { ...verdict, error_message: message, ...alone[outcome][i] })
    }
  })

  test(`an agent that ends as ${outcome} without a word gets one`, () => {
    const { error_message } = judge(agent(outcome, ' '), judging())
    if (outcome === 'ok') assert.equal(error_message, null)
    else assert.match(error_message ?? '', /^[A-Z].+\.$/)
  })

  test(`a task that was cancelled does not run again after ${outcome}`, () => {
    const { step } = judge(agent(outcome), judging({ cancelled: true, max_attempts: 3 }))
    assert.equal(step, outcome === 'ok' ? 'succeed' : 'fail')
  })
}

const cases: [string, Ended, Given, Partial<Verdict>][] = [
  [
    'an exit code and a signal are kept',
    agent('error', 'x', { code: 3, signal: 'SIGTERM' }),
    {},
    { exit_code: 3, signal: 'SIGTERM' },
  ],
  [
    'a good result stands, killed or not',
    agent('ok', '', { signal: 'SIGKILL' }),
    {},
    { step: 'succeed', signal: 'SIGKILL' },
  ],
  [
    'a limit of which nobody knows the end',
    agent('usage_limit'),
    { until: null },
    { ...parked, not_before: null },
  ],
  ['a fifth fault in a row', agent('network'), { outcomes: faults(4) }, parked],
  ['a sixth fault in a row', agent('overload'), { outcomes: faults(5) }, failed],
  [
    'a sixth fault in a row, attempts left',
    agent('overload'),
    { outcomes: faults(5), max_attempts: 3 },
    failed,
  ],
  [
    'a sixth fault, but not in a row',
    agent('overload'),
    { outcomes: [...faults(4), 'error', 'network'] },
    parked,
  ],
  [
    'a second lost conversation in a row',
    agent('lost_conversation'),
    { outcomes: ['full_conversation'] },
    startsOver,
  ],
  [
    'a third lost conversation in a row',
    agent('full_conversation'),
    { outcomes: ['lost_conversation', 'full_conversation'] },
    failed,
  ],
  [
    'a third one, after a limit',
    agent('lost_conversation'),
    { outcomes: ['usage_limit', 'lost_conversation', 'full_conversation'] },
    startsOver,
  ],
  ['a process that vanished is tried again', { kind: 'vanished', detail: 'gone' }, {}, lost],
  [
    'the fourth time it is gone, the lane is held',
    { kind: 'vanished', detail: 'gone' },
    { losses: 3 },
    {
      step: 'fail',
      pause: { by: 'on_lost', reason: 'AUTH-7 vanished while it ran: look whether its work was done.' },
    },
  ],
  [
    'a killed one, where the lane holds',
    agent('killed'),
    { settings: { on_lost: 'hold' } },
    { step: 'fail', error_type: 'worker_lost' },
  ],
  [
    'a killed one, where the lane fails',
    agent('killed'),
    { settings: { on_lost: 'fail' } },
    { step: 'fail', pause: null },
  ],
  [
    'an outcome that fails, where the lane pauses at a failure',
    agent('refused'),
    { settings: { on_failure: 'pause' } },
    { pause: { by: 'on_failure', reason: 'AUTH-7 failed.' } },
  ],
  [
    'a limit, where the lane pauses at a failure',
    agent('usage_limit'),
    { settings: { on_failure: 'pause' } },
    parked,
  ],
  [
    'a check that failed',
    { kind: 'check_failed', detail: '2 tests failed.', code: 1 },
    {},
    { ...failed, error_type: 'check_failed', error_message: '2 tests failed.', exit_code: 1 },
  ],
  [
    'a check that failed without a word',
    { kind: 'check_failed', detail: '' },
    {},
    { error_message: 'Its check failed.', exit_code: null },
  ],
  [
    'a check that failed, attempts left',
    { kind: 'check_failed', detail: 'x' },
    { max_attempts: 2 },
    { step: 'give_back', charged: true, wait_reason: 'retry' },
  ],
]
for (const [what, ended, given, expected] of cases) {
  test(`${what}: ${expected.step ?? 'seen'}`, () => {
    const verdict = judge(ended, judging(given))
    assert.deepEqual(verdict, { ...verdict, ...expected })
  })
}

test('whatever an agent’s run was, a verdict on it holds together', () => {
  const outcomes = fc.array(fc.constantFrom(...agentOutcomes, null), { maxLength: 8 })
  const property = fc.property(
    fc.constantFrom(...agentOutcomes),
    outcomes,
    fc.constantFrom(null, reset),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
    (outcome, before, until, attempts, max_attempts) => {
      const verdict = judge(agent(outcome), judging({ outcomes: before, until, attempts, max_attempts }))
      const { step, charged, error_type, wait_reason, not_before } = verdict
      assert.equal(error_type === null, step === 'succeed')
      assert.equal(wait_reason === null, step !== 'give_back')
      if (step !== 'give_back') assert.deepEqual([not_before, charged], [null, true])
      if (step === 'give_back' && charged) assert.ok(attempts < max_attempts)
    },
  )
  fc.assert(property)
})
