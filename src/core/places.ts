import { elapsed, timestamp } from '../contract/time.ts'
import type { StoredRunner } from '../store/runners.ts'
import type { Context } from './context.ts'
import { isAlive } from './runners.ts'

/** How often a runner that waits for a place is noted as still there: looks in between write nothing. */
const noteEveryMs = 2000

/** How soon who left a place to a lane that waits longer asks again, should that one not take it after all. */
const askAgainMs = 1000

/**
 * `limits.max_running` as the file said when it was last taken over, by whichever process: all claims count together, so
 * one number has to hold for all.
 */
export function maxRunning({ store }: Context): number | null {
  return JSON.parse(store.meta.get('max_running') ?? 'null')
}

/**
 * Whether one more task may begin. What is free goes to the runners that have waited longest: the lane that has just
 * ended a task would else always be the first to ask.
 * @param runnerId who asks; undefined for a worker outside, which never waits
 * @param hasWork  whether a lane has a task that could begin
 */
export function findPlace(
  ctx: Context,
  runnerId: string | undefined,
  hasWork: (runner: StoredRunner) => boolean,
): { free: boolean; retry_at: string | null } {
  const max = maxRunning(ctx)
  if (max === null) return { free: true, retry_at: null }
  const free = max - ctx.store.tasks.countRunning()
  if (free <= 0) return { free: false, retry_at: null }
  const waiting = ctx.store.runners.waiting()
  const mine = waiting.find(it => it.id === runnerId)?.waiting_since ?? '~'
  const before = waiting.filter(
    it => (it.waiting_since as string) < mine && isThere(ctx, it) && hasWork(it),
  ).length
  if (free > before) return { free: true, retry_at: null }
  return { free: false, retry_at: timestamp(ctx.clock() + askAgainMs) }
}

/** Whether it has to be written down that this runner waits for a place, or that it waits for none. */
export function isNews(ctx: Context, runner: StoredRunner | undefined, waits: boolean): boolean {
  if (!waits) return typeof runner?.waiting_since === 'string'
  return !runner?.waiting_since || silence(ctx, runner) > noteEveryMs
}

export function noteWaiting(ctx: Context, runner: StoredRunner, waits: boolean): void {
  if (!isNews(ctx, runner, waits)) return
  if (waits) ctx.store.runners.waits(runner.id, timestamp(ctx.clock()))
  else ctx.store.runners.waitsNoMore(runner.id)
}

/** A runner that was stopped (SIGSTOP) or has died must not keep a place from the others for long. */
export function isThere(ctx: Context, runner: StoredRunner): boolean {
  const longest = 2 * ctx.config.queue_runner.poll_interval * 1000 + 5000
  return runner.stop_requested_at === null && silence(ctx, runner) <= longest && isAlive(ctx, runner)
}

/** In either direction: a clock that was set back must make nobody wait. */
const silence = (ctx: Context, { heartbeat_at }: StoredRunner): number =>
  Math.abs(elapsed(heartbeat_at, timestamp(ctx.clock())))
