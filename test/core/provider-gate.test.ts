import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agentOutcomes } from '../../src/contract/agents.ts'
import { closedUntil, nextGate, openGate, type Seen } from '../../src/core/provider-gate.ts'
import type { StoredProvider } from '../../src/store/providers.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const minute = 60

const seen = (outcome: Seen['outcome'], more: Partial<Seen> = {}): Seen => ({
  ...{ outcome, message: 'No.', resets_at: null, is_canary: false },
  ...more,
})
const open = openGate('claude')
const limited: StoredProvider = {
  ...open,
  ...{ status: 'limited', because: 'usage_limit', message: 'Before.', until: at(minute), since: at(-minute) },
}
const paused: StoredProvider = {
  ...open,
  status: 'paused',
  because: 'auth',
  mend: 'claude',
  since: at(-minute),
}
const canary = { is_canary: true }
const trying: StoredProvider = { ...limited, canary_task_id: 'tsk_1', canary_attempt: 1, probes: 2 }

/** `same`: the very object, so that nothing is written. */
const cases: [string, StoredProvider, Seen, Partial<StoredProvider> | 'same'][] = [
  ['a good run', open, seen('ok'), 'same'],
  ['a run that says nothing of it', open, seen('error'), 'same'],
  ['a run of which nothing is known', open, seen(null), 'same'],
  [
    'a limit',
    open,
    seen('usage_limit', { resets_at: at(90) }),
    { status: 'limited', until: at(90), since: at(0), message: 'No.' },
  ],
  ['an overload', open, seen('overload'), { status: 'limited', because: 'overload', until: at(minute) }],
  [
    'a fault of the network',
    open,
    seen('network', { resets_at: at(9999) }),
    { because: 'network', until: at(minute) },
  ],
  [
    'a login that is gone',
    open,
    seen('auth'),
    { status: 'paused', because: 'auth', mend: 'claude', until: null },
  ],
  ['an account without credit', open, seen('billing'), { status: 'paused', because: 'billing', mend: null }],
  [
    'another limit that ends later',
    limited,
    seen('usage_limit', { resets_at: at(900) }),
    { until: at(900), since: at(-minute), message: 'No.' },
  ],
  ['another limit that ends sooner', limited, seen('usage_limit', { resets_at: at(30) }), 'same'],
  ['another limit that says no end', limited, seen('usage_limit'), 'same'],
  ['an overload beside a limit', limited, seen('overload'), 'same'],
  [
    'a limit beside an overload',
    { ...limited, because: 'overload' },
    seen('usage_limit', { resets_at: at(900) }),
    { because: 'usage_limit', until: at(900) },
  ],
  ['a login that is gone beside a limit', limited, seen('auth'), { status: 'paused', because: 'auth' }],
  ['a good run of before', limited, seen('ok'), 'same'],
  ['a good canary', trying, seen('ok', canary), { ...open }],
  ['a canary that was refused by the model', trying, seen('refused', canary), { ...open }],
  ['a canary that says nothing of it', trying, seen('no_result', canary), { ...limited, probes: 2 }],
  ['a canary of which nothing is known', trying, seen(null, canary), { ...limited, probes: 2 }],
  [
    'a canary that is limited again',
    trying,
    seen('usage_limit', canary),
    { ...limited, message: 'No.', probes: 3, until: at(40 * minute) },
  ],
  [
    'a canary that is limited otherwise',
    trying,
    seen('overload', canary),
    { because: 'overload', probes: 0, until: at(minute) },
  ],
  [
    'a canary that is not logged in',
    trying,
    seen('auth', canary),
    { status: 'paused', since: at(-minute), canary_task_id: null },
  ],
  ['a limit while it is paused', paused, seen('usage_limit', { resets_at: at(90) }), 'same'],
  ['another fault while it is paused', paused, seen('billing'), 'same'],
  [
    'a canary after a pause that had an end',
    { ...paused, until: at(0), canary_task_id: 't', canary_attempt: 1 },
    seen('ok', canary),
    { ...open },
  ],
]
for (const [what, gate, it, expected] of cases) {
  test(`${what} at a gate that is ${gate.status}${gate.because ? ` (${gate.because})` : ''}`, () => {
    const next = nextGate(gate, it, now)
    if (expected === 'same') assert.equal(next, gate)
    else assert.deepEqual(next, { ...next, ...expected })
  })
}

test('a gate is closed until its time, then for all but one', () => {
  assert.equal(closedUntil(open, false, now), null)
  assert.deepEqual(closedUntil(limited, false, now), { until: at(minute) })
  assert.equal(closedUntil(limited, false, now + minute * 1000), null)
  assert.deepEqual(closedUntil(trying, true, now + minute * 1000), { until: at(minute + 30) })
  assert.deepEqual(closedUntil(paused, false, now), { until: null })
})

test('whatever runs say in whatever order, a gate holds together', () => {
  const said = fc.record({
    outcome: fc.constantFrom(...agentOutcomes, null),
    message: fc.constant('No.'),
    resets_at: fc.constantFrom(null, at(-10), at(0), at(60), at(1e9)),
    is_canary: fc.boolean(),
  })
  const property = fc.property(fc.array(said, { maxLength: 20 }), all => {
    let gate = open
    for (const it of all) {
      gate = nextGate(gate, it, now)
      assert.equal(gate.status === 'open', gate.because === null)
      assert.equal(gate.status === 'open', gate.since === null)
      if (gate.status === 'limited') assert.ok((gate.until ?? '') > at(0), 'a limit has an end, to come')
      if (gate.status === 'paused') assert.equal(gate.until, null)
    }
  })
  fc.assert(property)
})
