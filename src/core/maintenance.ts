import fs from 'node:fs'
import { taskFolder } from '../attempt-files/paths.ts'
import type { Input, Output } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { timestamp } from '../contract/time.ts'
import { markStale } from './attempts.ts'
import { isAnyoneGone, returnFromGone } from './bound.ts'
import { isHeld, stopHere } from './cancel.ts'
import { type Context, change } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { unpaused } from './pausing.ts'
import { mayBeAlive } from './runners.ts'
import { stepQueue } from './transitions.ts'

/** How many tasks one transaction deletes: writers wait for no more than that. */
const purgeBatch = 50
const dayMs = 86_400_000

/** Whether a sweep would find anything; index look-ups, and a look at the processes that claims are bound to. */
export function isSweepDue(ctx: Context): boolean {
  const { store, clock } = ctx
  const now = timestamp(clock())
  return (
    store.tasks.stale(now).length > 0 ||
    store.tasks.overdue(now).length > 0 ||
    store.queues.dueToResume(now).length > 0 ||
    isAnyoneGone(ctx)
  )
}

/**
 * Gives back what workers had that are gone, marks what runs past its timeout as stale, ends what runs past the limit, resumes lanes whose pause is over. What a
 * live runner executes is marked and ended by that runner alone: the clock here may have been moved since the claim. One
 * on another machine is live until this process itself has missed its beats for long enough.
 */
export async function sweep(ctx: Context): Promise<Output<'sweep'>> {
  const returned = returnFromGone(ctx)
  const stale = markAllStale(ctx)
  const resumed = resumeDue(ctx)
  const failed: string[] = []
  for (const id of ctx.store.tasks.overdue(timestamp(ctx.clock()))) {
    // Stopping one takes a while: the next may have ended, or been deleted, meanwhile.
    const task = ctx.store.tasks.get(id)
    if (task?.status !== 'running' || isHeld(ctx, task, mayBeAlive)) continue
    const ended = await stopHere(ctx, task, 'timeout')
    if (ended.status === 'failed') failed.push(id)
  }
  return { stale, failed, resumed, returned }
}

/**
 * Deletes finished tasks with their output, a batch at a time, so that no writer waits long. The audit log keeps what
 * happened to them: a reader that goes on from an event must not miss the next ones.
 *
 * On a full disk the output goes first: that needs no room, and makes the room that deleting the tasks needs.
 */
export async function purge(ctx: Context, input: Input<'purge'> = {}): Promise<Output<'purge'>> {
  const days = input.older_than_days ?? ctx.config.purge.older_than_days
  const before = timestamp(ctx.clock() - days * dayMs)
  let purged = 0
  for (;;) {
    const batch = await purgeSome(ctx, before)
    await removeOutput(ctx, batch)
    purged += batch.length
    if (batch.length < purgeBatch) break
  }
  return { purged }
}

type Batch = { id: string; queue_id: string }[]

const removeOutput = async (ctx: Context, batch: Batch): Promise<void> => {
  for (const { id } of batch) await fs.promises.rm(taskFolder(ctx.logs, id), { recursive: true, force: true })
}

const nextBatch = (ctx: Context, before: string): Batch =>
  ctx.store.tasks.finishedBefore(before, ctx.config.purge.keep_unreviewed, purgeBatch)

async function purgeSome(ctx: Context, before: string): Promise<Batch> {
  try {
    return deleteSome(ctx, before)
  } catch (error) {
    if (!(error instanceof SparkqError) || error.code !== 'no_space') throw error
    await removeOutput(ctx, nextBatch(ctx, before))
    return deleteSome(ctx, before)
  }
}

function deleteSome(ctx: Context, before: string): Batch {
  return change(ctx, () => {
    const batch = nextBatch(ctx, before)
    for (const { id } of batch) {
      ctx.store.tasks.remove(id)
    }
    if (batch.length > 0) {
      ctx.store.audit.append({
        at: timestamp(ctx.clock()),
        event: 'task.purged',
        actor: ctx.actor,
        data: { count: batch.length, before },
      })
    }
    return batch
  })
}

function markAllStale(ctx: Context): string[] {
  const now = timestamp(ctx.clock())
  const due = () =>
    ctx.store.tasks
      .stale(now)
      .map(id => getTask(ctx, id))
      .filter(task => !isHeld(ctx, task))
  if (due().length === 0) return []
  return change(ctx, () =>
    due().map(task => {
      markStale(ctx, task)
      return task.id
    }),
  )
}

function resumeDue(ctx: Context): string[] {
  const now = timestamp(ctx.clock())
  if (ctx.store.queues.dueToResume(now).length === 0) return []
  return change(ctx, () =>
    ctx.store.queues.dueToResume(now).map(id => {
      stepQueue(ctx, findQueue(ctx, id), 'resume', { set: unpaused, note: { event: 'queue.resumed' } })
      return id
    }),
  )
}
