import { elapsed, timestamp } from '../contract/time.ts'
import type { StoredRunner } from '../store/runners.ts'

/** A runner on another machine is taken for lost when it has been silent this long. */
const limitMs = 120_000

/** Who beats, and who has fallen silent, of the runners on other machines. */
export type Silence = {
  /** Notes a beat that came in here, and the time that was written down for it. */
  heard(id: string, beat: string): void
  forget(id: string): void
  /** Whether it is taken for lost now. */
  isLost(runner: StoredRunner): boolean
  /** Whether this process itself has waited in vain for the whole time: what is ended on that ground is ended for good. */
  isProven(runner: StoredRunner): boolean
}

/**
 * Judges by its own observation, as the clock on the wall may be moved: a beat that arrived here within the limit is one,
 * whatever its time says, and so is a silence of that length. Only a process that has not watched for as long (a command)
 * goes by the beat's time.
 * @param uptime milliseconds since any fixed moment, by a clock that nobody moves
 */
export function watchSilence(clock: () => number, uptime: () => number): Silence {
  const seen = new Map<string, { beat: string; since: number; heard: boolean }>()

  const look = ({ id, heartbeat_at: beat }: StoredRunner) => {
    const known = seen.get(id)
    if (known?.beat === beat) return known
    const now = { beat, since: uptime(), heard: known !== undefined }
    seen.set(id, now)
    return now
  }
  const silentMs = (runner: StoredRunner): number => uptime() - look(runner).since
  return {
    heard: (id, beat) => void seen.set(id, { beat, since: uptime(), heard: true }),
    forget: id => void seen.delete(id),
    isLost: runner => {
      if (silentMs(runner) >= limitMs) return true
      if (look(runner).heard) return false
      return elapsed(runner.heartbeat_at, timestamp(clock())) >= limitMs
    },
    isProven: runner => silentMs(runner) >= limitMs,
  }
}
