import { type AgentName, type AgentOutcome, agentFacts, type ProviderCause } from '../contract/agents.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredProvider } from '../store/providers.ts'

/**
 * What a run says of the provider of its agent.
 *
 * @property outcome   null: nobody knows how it ended
 * @property is_canary it was the one that tried a closed gate
 */
export type Seen = {
  outcome: AgentOutcome | null
  message: string
  resets_at: string | null
  is_canary: boolean
}

const minute = 60_000

/** How long a gate stays closed, in minutes, by how often it was tried in vain. */
const unknownReset = [5, 10, 20, 40, 60]
/** A reset that is over already: it may be about to happen, or a clock is wrong. */
const pastReset = [1, ...unknownReset]
const backOff = [1, 2, 4, 8, 16, 30]

/** No limit is longer; a time further away is none to go by. */
const longestLimitMs = 35 * 24 * 60 * minute

/** Outcomes that no agent has whose provider did not answer. */
const answers: readonly AgentOutcome[] = [
  ...(['ok', 'denied', 'empty', 'max_turns', 'max_budget'] as const),
  ...(['full_conversation', 'refused', 'unknown_model'] as const),
]

export const openGate = (name: AgentName): StoredProvider => ({
  ...{ name, status: 'open', because: null, message: null, mend: null, until: null, since: null },
  ...{ probes: 0, canary_task_id: null, canary_attempt: null },
})

/**
 * What becomes of a provider's gate by the end of a run. Pure. One that a person paused stays so. What was running when
 * it was closed opens it for nobody: only the one task that tries it does.
 * @returns the same object where nothing is different
 */
export function nextGate(gate: StoredProvider, seen: Seen, now: number): StoredProvider {
  const { outcome, is_canary } = seen
  switch (outcome) {
    case 'usage_limit':
    case 'overload':
    case 'network':
      return limited(gate, seen, outcome, now)
    case 'auth':
    case 'billing':
      return gate.status === 'paused' && !is_canary ? gate : paused(gate, seen, outcome, now)
    default:
      if (!is_canary) return gate
      return outcome !== null && answers.includes(outcome) ? openGate(gate.name) : withoutCanary(gate)
  }
}

function limited(gate: StoredProvider, seen: Seen, because: ProviderCause, now: number): StoredProvider {
  const isClosed = gate.status !== 'open'
  if (isClosed && !seen.is_canary) return moreLimited(gate, seen, because, now)
  const probes = isClosed && gate.because === because ? gate.probes + 1 : 0
  return {
    ...openGate(gate.name),
    ...{ status: 'limited', because, message: seen.message, probes },
    since: gate.since ?? timestamp(now),
    until: untilOf(because, seen.resets_at, probes, now),
  }
}

/** Another one that was running when the gate was closed: it may know more. */
function moreLimited(gate: StoredProvider, seen: Seen, because: ProviderCause, now: number): StoredProvider {
  if (gate.status === 'paused' || because !== 'usage_limit') return gate
  const until = untilOf(because, seen.resets_at, gate.probes, now)
  const knowsMore = gate.because !== 'usage_limit' || (seen.resets_at !== null && until > (gate.until ?? ''))
  return knowsMore ? { ...gate, because, message: seen.message, until } : gate
}

function untilOf(because: ProviderCause, resets_at: string | null, probes: number, now: number): string {
  const wait = (minutes: number[]): string =>
    timestamp(now + (minutes[Math.min(probes, minutes.length - 1)] as number) * minute)
  if (because !== 'usage_limit') return wait(backOff)
  const reset = resets_at === null ? Number.NaN : Date.parse(resets_at)
  if (Number.isNaN(reset) || reset - now > longestLimitMs) return wait(unknownReset)
  return reset > now ? timestamp(reset) : wait(pastReset)
}

function paused(
  gate: StoredProvider,
  { message }: Seen,
  because: 'auth' | 'billing',
  now: number,
): StoredProvider {
  const { login } = agentFacts[gate.name]
  return {
    ...openGate(gate.name),
    ...{ status: 'paused', because, message, since: gate.since ?? timestamp(now) },
    mend: because === 'auth' ? login : null,
  }
}

const withoutCanary = (gate: StoredProvider): StoredProvider => ({
  ...gate,
  canary_task_id: null,
  canary_attempt: null,
})

/**
 * Whether tasks that need it may not begin; null: one of them may (as its canary, unless it is open). Else until when, as
 * far as that is known.
 */
export function closedUntil(
  gate: StoredProvider,
  isCanaryRunning: boolean,
  now: number,
): { until: string | null } | null {
  if (gate.status === 'open') return null
  if (gate.until === null || gate.until > timestamp(now)) return { until: gate.until }
  return isCanaryRunning ? { until: timestamp(now + lookAgainMs) } : null
}

/** How long a canary takes nobody knows; that it has ended is an event, this only for whoever missed it. */
const lookAgainMs = 30_000
