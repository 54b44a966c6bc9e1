import { type Random, randomFrom } from './random.ts'

export const lanes = ['hold', 'retry', 'fail'] as const
export type LaneName = (typeof lanes)[number]

/** What a task is to do, as the words that `task.sh` gets. */
export type Work = { kind: 'outside' } | { kind: (typeof kinds)[number]; number: number }
const kinds = ['instant', 'lines', 'sleep', 'children', 'fail', 'stubborn', 'signal', 'hang'] as const

/** Who keeps runners on the lanes: this program, the server, or a supervisor in a terminal; by turns. */
export const keepers = ['us', 'server', 'terminal'] as const
export type Keepers = (typeof keepers)[number]
export const keepersOf = (round: number): Keepers => keepers[(round - 1) % keepers.length] as Keepers

export const victims = [
  'runner',
  'supervisor',
  'server',
  'recorder',
  'task',
  'command',
  'everything',
] as const
export type Victim = (typeof victims)[number]

/** One thing that is done in a round. Where it needs something that is there, `n` counts it off, round and round. */
export type Action =
  | { do: 'enqueue'; lane: LaneName; work: Work; by: 'api' | 'cli'; key?: string; max_attempts: number }
  | { do: 'claim'; lane: LaneName; key: string; ends: 'complete' | 'fail' | 'never' }
  | { do: 'cancel' | 'requeue'; n: number }
  | { do: 'pause' | 'resume'; lane: LaneName }
  /** A second runner for a lane: it is refused, or has found it free. */
  | { do: 'rival'; lane: LaneName }
  | { do: 'kill'; victim: Victim; n: number; downMs: number }

export type Planned = { atMs: number; action: Action }

/** How long a round is disturbed before all of it is worked off. */
const disturbedMs = 1200

/** What is done in a round, and when: it follows from seed and round alone. */
export function planRound(seed: number, round: number): Planned[] {
  const random = randomFrom(seed * 1_000_003 + round)
  const count = 18 + random.whole(14)
  const planned = Array.from({ length: count }, (_, i) => ({
    // A few at once at the beginning, so that the lanes have work.
    atMs: i < 6 ? 0 : random.whole(disturbedMs),
    action: i < 6 ? enqueue(random, `${round}-${i}`) : anyAction(random, `${round}-${i}`),
  }))
  return planned.sort((a, b) => a.atMs - b.atMs)
}

function anyAction(random: Random, name: string): Action {
  const lane = random.among(lanes)
  const kind = random.weighted({
    enqueue: 9,
    claim: 3,
    cancel: 3,
    requeue: 2,
    pause: 1,
    resume: 1,
    rival: 1,
    kill: 9,
  })
  switch (kind) {
    case 'enqueue':
      return enqueue(random, name)
    case 'claim':
      return {
        do: kind,
        lane,
        key: `claim-${name}`,
        ends: random.among(['complete', 'complete', 'fail', 'never']),
      }
    case 'kill':
      return { do: kind, victim: chooseVictim(random), n: random.whole(8), downMs: random.whole(500) }
    case 'pause':
    case 'resume':
    case 'rival':
      return { do: kind, lane }
    default:
      return { do: kind, n: random.whole(40) }
  }
}

const chooseVictim = (random: Random): Victim =>
  random.weighted({
    ...{ runner: 5, supervisor: 2, server: 3, recorder: 4, task: 3, command: 1, everything: 1 },
  })

function enqueue(random: Random, name: string): Action {
  return {
    ...{ do: 'enqueue', lane: random.among(lanes), work: chooseWork(random) },
    by: random.chance(0.15) ? 'cli' : 'api',
    ...(random.chance(0.6) ? { key: `key-${name}` } : {}),
    max_attempts: random.among([1, 1, 2, 3]),
  }
}

function chooseWork(random: Random): Work {
  const kind = random.weighted({
    ...{ instant: 4, lines: 5, sleep: 6, children: 3, fail: 3, stubborn: 2, signal: 1, hang: 1, outside: 2 },
  })
  switch (kind) {
    case 'outside':
      return { kind }
    case 'lines':
      return { kind, number: 1 + random.whole(400) }
    case 'fail':
      return { kind, number: 1 + random.whole(9) }
    case 'sleep':
      return { kind, number: 1 + random.whole(9) }
    default:
      return { kind, number: 1 + random.whole(6) }
  }
}
