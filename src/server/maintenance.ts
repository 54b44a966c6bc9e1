import type { Config } from '../contract/config.ts'
import type { Core } from '../core/core.ts'
import type { Log } from '../log.ts'
import { type Loop, startLoop } from './loop.ts'

/** Whether something is due is two index look-ups: asking every second costs less than knowing when. */
const lookMs = 1000
const orphansMs = 5000
const beatMs = 30_000
const purgeLookMs = 60_000
const dayMs = 86_400_000
/** The same complaint is not written down more often than this. */
const complainEveryMs = 600_000

export type MaintenanceOptions = {
  core: Core
  /** Read anew each time: a reload changes it. */
  config: Config
  log: Log
  /** Brings to their end what dead runners left. */
  settleOrphans: () => Promise<void>
  /** Writes down what was kept out. */
  noteRefusals: () => void
  /** Says that this server lives. */
  beat: () => void
}

/**
 * What a server does by itself: sweeps (stale marks, time limits, pauses that are over), settles what dead runners
 * left, purges at the start and once a day. Each is a loop of its own, as stopping a task may take its whole grace.
 */
export function startMaintenance(options: MaintenanceOptions): Loop {
  const { settleOrphans, noteRefusals, beat } = options
  const complain = createComplaints(options.log)
  const loops = [
    startLoop(lookMs, createSweeping(options), complain('sweep')),
    startLoop(purgeLookMs, createPurging(options), complain('purge')),
    startLoop(orphansMs, settleOrphans, complain('settling what dead runners left')),
    startLoop(lookMs, noteRefusals, complain('noting refusals')),
    startLoop(beatMs, beat, complain('beat')),
  ]
  return {
    stop: async () => {
      await Promise.all(loops.map(loop => loop.stop()))
    },
  }
}

/** When something is due, and at the latest every `auto_fail_interval_seconds`. */
function createSweeping({ core, config, log }: MaintenanceOptions): () => Promise<void> {
  let last = performance.now()
  return async () => {
    const since = performance.now() - last
    if (since < config.queue_runner.auto_fail_interval_seconds * 1000 && !core.isSweepDue()) return
    last = performance.now()
    const { stale, failed, resumed, returned } = await core.sweep()
    const swept = {
      ...{ stale: stale.length, failed: failed.length, resumed: resumed.length, returned: returned.length },
    }
    if (Object.values(swept).some(n => n > 0)) log({ type: 'swept', ...swept })
  }
}

/**
 * By the clock on the wall: a laptop that slept for a week is a week late, not a day. What fails (a full disk) is tried
 * again at the next look.
 */
export function createPurging({ core, log }: Pick<MaintenanceOptions, 'core' | 'log'>): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY
  return async () => {
    if (Date.now() - last < dayMs) return
    const { purged } = await core.purge()
    last = Date.now()
    if (purged > 0) log({ type: 'purged', tasks: purged })
  }
}

/** A full disk is complained of now and then, not every second. */
function createComplaints(log: Log) {
  const told = new Map<string, number>()
  return (where: string) =>
    (error: unknown): void => {
      const key = `${where}: ${error instanceof Error ? error.message : error}`
      const now = performance.now()
      if (now - (told.get(key) ?? Number.NEGATIVE_INFINITY) < complainEveryMs) return
      told.set(key, now)
      log({ type: 'failed', where, error })
    }
}
