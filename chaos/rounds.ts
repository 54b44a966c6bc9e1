import { waitFor } from '../test/support/wait.ts'
import { act, type Stage } from './acting.ts'
import { check } from './checking.ts'
import { drain } from './draining.ts'
import { keepAll } from './keeping.ts'
import { type Ledger, newLedger } from './ledger.ts'
import { keepersOf, planRound } from './plan.ts'
import type { Site } from './site.ts'

export type Summary = { rounds: number; tasks: number; attempts: number; kills: Ledger['kills'] }

/** A round that found something that must not be: what was done, and what was found. */
export type Failure = { round: number; complaints: string[]; log: string[] }

export type Rounds = { rounds: number; seed: number; onRound?: (round: number, so: Summary) => void }

/** One project lives through all rounds: each disturbs it, works all off, stops it in good order, and looks. */
export async function runRounds(site: Site, { rounds, seed, onRound }: Rounds): Promise<Summary | Failure> {
  const ledger = newLedger()
  const summary: Summary = { rounds: 0, tasks: 0, attempts: 0, kills: ledger.kills }
  let seq = 0
  for (let round = 1; round <= rounds; round++) {
    ledger.lines.length = 0
    const found = await runRound(site, ledger, { seed, round, seq }).catch(error => ({
      complaints: [String(error instanceof Error ? error.stack : error)],
    }))
    if (found.complaints.length > 0 || !('seq' in found))
      return { round, complaints: found.complaints, log: ledger.lines }
    seq = found.seq
    Object.assign(summary, { rounds: round, tasks: found.tasks, attempts: found.attempts })
    onRound?.(round, summary)
  }
  return summary
}

async function runRound(site: Site, ledger: Ledger, at: { seed: number; round: number; seq: number }) {
  const keeping = keepAll(site, ledger.log, keepersOf(at.round))
  const stage: Stage = { site, ledger, keeping, commands: new Set() }
  try {
    await waitFor('a server answers', () => keeping.address(), 60_000)
    await act(stage, planRound(at.seed, at.round))
    ledger.log('all is answered: now it is worked off')
    await drain(stage)
    ledger.log('all is worked off: now it is stopped')
  } finally {
    await keeping.stop()
  }
  return check(site, ledger, at)
}
