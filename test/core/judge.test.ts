import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stopCauses } from '../../src/contract/attempts.ts'
import { defaultConfig } from '../../src/contract/config.ts'
import type { QueueSettings } from '../../src/contract/queues.ts'
import { errorTypes } from '../../src/contract/tasks.ts'
import { type Ended, type Judging, judge, type Verdict } from '../../src/core/outcome.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')

function judging(
  settings: QueueSettings = {},
  attempts = 1,
  max_attempts = 1,
  losses = 0,
  asked: Judging['asked'] = 'none',
): Judging {
  const task = { friendly_id: 'AUTH-7', attempts, max_attempts, timeout: 30, cancel_requested_at: null }
  return { task, settings, limits: defaultConfig.limits, now, losses, asked }
}

const success: Verdict = {
  step: 'succeed',
  charged: true,
  exit_code: null,
  signal: null,
  error_type: null,
  error_message: null,
  wait_reason: null,
  not_before: null,
  pause: null,
}
const failure = (
  error_type: Verdict['error_type'],
  error_message: string,
  more: Partial<Verdict> = {},
): Verdict => ({
  ...success,
  step: 'fail',
  error_type,
  error_message,
  ...more,
})

const held: Partial<Verdict> = {
  pause: { by: 'on_lost', reason: 'AUTH-7 vanished while it ran: look whether its work was done.' },
}
const pausedAtFailure: Partial<Verdict> = { pause: { by: 'on_failure', reason: 'AUTH-7 failed.' } }

/** Every ending of a task that is tried once, in a lane without settings. */
const endings: [string, Ended, Verdict][] = [
  ['a worker outside completed it', { kind: 'completed' }, success],
  ['an exit of 0', { kind: 'exit', code: 0 }, { ...success, exit_code: 0 }],
  ['another exit', { kind: 'exit', code: 3 }, failure('exit_code', 'Exited with 3.', { exit_code: 3 })],
  [
    'an exit that looks like a signal',
    { kind: 'exit', code: 137 },
    failure('exit_code', 'Exited with 137.', { exit_code: 137 }),
  ],
  [
    'a signal',
    { kind: 'signal', signal: 'SIGKILL' },
    failure('signal', 'Ended by SIGKILL, which SparkQ did not send.', { signal: 'SIGKILL' }),
  ],
  [
    'no room for its output',
    { kind: 'no_room', detail: 'the disk is full.' },
    failure('spawn_failed', 'It could not be started: the disk is full.', {
      step: 'give_back',
      charged: false,
      wait_reason: 'retry',
      not_before: '2026-03-01T12:00:10.000Z',
    }),
  ],
  [
    'a cancel',
    { kind: 'stopped', cause: 'cancelled', signal: 'SIGTERM' },
    failure('cancelled', 'Cancelled while it ran.', { signal: 'SIGTERM' }),
  ],
  [
    'a cancel, though it then exited with 0',
    { kind: 'stopped', cause: 'cancelled', code: 0 },
    failure('cancelled', 'Cancelled while it ran.', { exit_code: 0 }),
  ],
  [
    'a timeout',
    { kind: 'stopped', cause: 'timeout' },
    failure('timeout', 'Stopped after 60 s, 2 times its timeout.'),
  ],
  [
    'a stall',
    { kind: 'stopped', cause: 'stalled' },
    failure('stalled', 'Stopped: it made no output and used no processor time.'),
  ],
  [
    'a worker outside that never came back',
    { kind: 'timed_out' },
    failure('timeout', 'Nobody finished it within 60 s, 2 times its timeout.'),
  ],
  [
    'no start',
    { kind: 'spawn_failed', detail: 'ENOMEM' },
    failure('spawn_failed', 'It could not be started: ENOMEM'),
  ],
  [
    'a payload that does not run',
    { kind: 'invalid_payload', detail: 'The script is gone.' },
    failure('invalid_payload', 'The script is gone.'),
  ],
  [
    'a worker outside failed it',
    { kind: 'reported', message: 'No access.' },
    failure('reported', 'No access.'),
  ],
  [
    'a process that vanished',
    { kind: 'vanished', detail: 'gone' },
    failure('worker_lost', 'Its process vanished and left no exit: gone', held),
  ],
  [
    'a claim that came to nothing',
    { kind: 'not_started', detail: 'its runner ended before it could.' },
    {
      ...failure('worker_lost', 'It was never started: its runner ended before it could.'),
      step: 'give_back',
      charged: false,
      wait_reason: 'worker_lost',
    },
  ],
]
for (const [what, ended, verdict] of endings) {
  test(`${what} is judged`, () => assert.deepEqual(judge(ended, judging()), verdict))
}

/** What becomes of a failure, by the lane's settings and what attempts are left. */
const consequences: [string, Ended, Judging, Partial<Verdict>][] = [
  [
    'a first crash of three',
    { kind: 'exit', code: 1 },
    judging({}, 1, 3),
    {
      step: 'give_back',
      wait_reason: 'retry',
      not_before: '2026-03-01T12:00:10.000Z',
      error_type: 'exit_code',
    },
  ],
  [
    'a second crash of three',
    { kind: 'exit', code: 1 },
    judging({}, 2, 3),
    { step: 'give_back', wait_reason: 'retry', not_before: '2026-03-01T12:00:20.000Z' },
  ],
  [
    'a third crash of three',
    { kind: 'exit', code: 1 },
    judging({}, 3, 3),
    { step: 'fail', not_before: null },
  ],
  [
    'a late crash of a hundred: at most an hour',
    { kind: 'exit', code: 1 },
    judging({}, 50, 100),
    { step: 'give_back', not_before: '2026-03-01T13:00:00.000Z' },
  ],
  ['a report, attempts left', { kind: 'reported', message: 'No.' }, judging({}, 1, 3), { step: 'fail' }],
  ['a cancel, attempts left', { kind: 'stopped', cause: 'cancelled' }, judging({}, 1, 3), { step: 'fail' }],
  [
    'a bad payload, attempts left',
    { kind: 'invalid_payload', detail: '' },
    judging({}, 1, 3),
    { step: 'fail' },
  ],
  [
    'a failure where the lane pauses at one',
    { kind: 'exit', code: 1 },
    judging({ on_failure: 'pause' }),
    { step: 'fail', ...pausedAtFailure },
  ],
  [
    'a cancel where the lane pauses at a failure',
    { kind: 'stopped', cause: 'cancelled' },
    judging({ on_failure: 'pause' }),
    { step: 'fail', pause: null },
  ],
  [
    'a retry where the lane pauses at a failure',
    { kind: 'exit', code: 1 },
    judging({ on_failure: 'pause' }, 1, 2),
    { step: 'give_back', pause: null },
  ],
  [
    'a loss, on_lost: fail',
    { kind: 'vanished', detail: '' },
    judging({ on_lost: 'fail' }, 1, 3),
    { step: 'fail', pause: null },
  ],
  [
    'a loss, on_lost: fail, where the lane pauses at a failure',
    { kind: 'vanished', detail: '' },
    judging({ on_lost: 'fail', on_failure: 'pause' }),
    { step: 'fail', ...pausedAtFailure },
  ],
  [
    'a loss, on_lost: retry',
    { kind: 'vanished', detail: '' },
    judging({ on_lost: 'retry' }),
    { step: 'give_back', charged: false, wait_reason: 'worker_lost', pause: null },
  ],
  [
    'a last loss, on_lost: retry',
    { kind: 'vanished', detail: '' },
    judging({ on_lost: 'retry' }, 1, 1, 3),
    { step: 'fail', ...held },
  ],
  [
    'a loss, on_lost: hold, whatever attempts are left',
    { kind: 'vanished', detail: '' },
    judging({ on_lost: 'hold' }, 1, 3),
    { step: 'fail', ...held },
  ],
]
for (const [what, ended, given, expected] of consequences) {
  test(`${what}: ${expected.step}`, () => {
    const verdict = judge(ended, given)
    assert.deepEqual(verdict, { ...verdict, ...expected })
  })
}

test('whatever ends, the verdict holds together', () => {
  const ended: fc.Arbitrary<Ended> = fc.oneof(
    fc.record({ kind: fc.constant('exit' as const), code: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('stopped' as const), cause: fc.constantFrom(...stopCauses) }),
    ...endings.map(([, it]) => fc.constant(it)),
  )
  const settings = fc.record(
    {
      on_failure: fc.constantFrom('continue' as const, 'pause' as const),
      on_lost: fc.constantFrom('hold' as const, 'retry' as const, 'fail' as const),
    },
    { requiredKeys: [] },
  )
  const counts = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }))
  const property = fc.property(ended, settings, counts, (it, lane, [attempts, max]) => {
    const { step, charged, error_type, error_message, wait_reason, not_before, pause } = judge(
      it,
      judging(lane, attempts, max),
    )
    assert.equal(error_type === null, step === 'succeed')
    assert.ok(error_type === null || errorTypes.includes(error_type))
    assert.equal(error_message === null, step === 'succeed')
    assert.equal(wait_reason === null, step !== 'give_back')
    if (step !== 'give_back') assert.equal(not_before, null)
    if (step !== 'fail') assert.equal(pause, null)
    if (step === 'give_back' && charged)
      assert.ok(attempts < max, 'a charged retry only while attempts are left')
  })
  fc.assert(property)
})

test('what asked the person goes back for the answer, or with it, when it ended well or had nothing to show yet', () => {
  const asked = (ended: Ended, how: Judging['asked'], cancelled = false) => {
    const it = judging({}, 1, 1, 0, how)
    const task = { ...it.task, cancel_requested_at: cancelled ? '2026-03-01T12:00:00.000Z' : null }
    const { step, charged, wait_reason } = judge(ended, { ...it, task })
    return [step, charged, wait_reason]
  }
  const ends: Ended[] = [
    { kind: 'exit', code: 0 },
    { kind: 'agent', outcome: 'ok', detail: '' },
    { kind: 'agent', outcome: 'empty', detail: '' },
    { kind: 'check_failed', detail: '', code: 1 },
  ]
  for (const ended of ends) {
    assert.deepEqual(asked(ended, 'open'), ['give_back', false, 'question'])
    assert.deepEqual(asked(ended, 'answered'), ['give_back', false, null])
    assert.notEqual(asked(ended, 'open', true)[0], 'give_back')
  }
  assert.deepEqual(asked({ kind: 'asked' }, 'open'), ['give_back', false, 'question'])
  assert.deepEqual(asked({ kind: 'exit', code: 1 }, 'open'), ['fail', true, null])
})

test('a chat that is gone gives its task back, uncharged, however often', () => {
  for (const losses of [0, 5]) {
    const { step, charged, wait_reason, error_type, pause } = judge(
      { kind: 'worker_gone', detail: 'process 7 on box has ended.' },
      judging({ on_lost: 'fail' }, 1, 1, losses),
    )
    assert.deepEqual(
      [step, charged, wait_reason, error_type, pause],
      ['give_back', false, 'worker_lost', 'worker_lost', null],
    )
  }
})
