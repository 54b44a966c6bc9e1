import type { Input, Output } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { conflict } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { isStoppedIn, type Lanes } from '../contract/supervision.ts'
import { timestamp } from '../contract/time.ts'
import { liveness } from '../processes/identity.ts'
import type { Scope } from '../store/supervision.ts'
import { requestCancel } from './cancel.ts'
import { type Context, change } from './context.ts'
import { findQueue, findSession, getTask } from './find.ts'
import { noteQueue } from './transitions.ts'

/**
 * Says that `process` keeps runners from now on, and on which lanes. What an earlier server was told of single lanes
 * ends with it, unless this one is to go on as before.
 * @throws not_found for a session or queue that is not there
 */
export function beginSupervision(ctx: Context, process: ProcessIdentity, lanes: Lanes): void {
  change(ctx, () => {
    const now = timestamp(ctx.clock())
    const before = lanes.asBefore ? ctx.store.supervision.get()?.scope : undefined
    const wanted = lanes.queues.map(ref => findQueue(ctx, ref))
    if (!lanes.asBefore) {
      for (const id of ctx.store.queues.withRunnerWanted()) ctx.store.queues.wantRunner(id, null, now)
    }
    for (const { id } of wanted) ctx.store.queues.wantRunner(id, 'on', now)
    const scope = widen(ctx, before ?? { all: false, session_ids: [] }, lanes)
    ctx.store.supervision.set({ process, scope, started_at: now })
    noteSupervision(ctx, scope, wanted)
  })
}

export function getSupervision(ctx: Context): Output<'getSupervision'> {
  const found = ctx.store.supervision.get()
  if (!found || liveness(found.process) === 'dead') return { supervision: null }
  const { process, started_at, scope } = found
  const sessions = scope.session_ids.flatMap(id => {
    const session = ctx.store.sessions.find(id)
    return session ? [{ id, name: session.name }] : []
  })
  return { supervision: { process, started_at, all: scope.all, sessions } }
}

export function extendSupervision(
  ctx: Context,
  { all = false, sessions = [] }: Input<'extendSupervision'> = {},
): Output<'extendSupervision'> {
  return change(ctx, () => {
    requireSupervisor(ctx, all ? '--all' : `--session ${shellArgument(sessions[0] ?? 'NAME')}`)
    const found = ctx.store.supervision.get()
    if (found) {
      const asked = widen(ctx, { all: false, session_ids: [] }, { all, sessions })
      const scope = widen(ctx, found.scope, { all, sessions })
      ctx.store.supervision.set({ ...found, scope })
      workStopped(ctx, asked)
      noteSupervision(ctx, scope, [])
    }
    return getSupervision(ctx)
  })
}

/** Has a runner kept on a lane, or none. The present one is asked to go; with `now`, its task is cancelled. */
export function setRunnerWanted(ctx: Context, input: Input<'setRunnerWanted'>): Output<'setRunnerWanted'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    if (input.wanted === 'on') {
      refuseClosed(queue)
      requireSupervisor(ctx, `--queue ${shellArgument(queue.name)}`)
    }
    const now = timestamp(ctx.clock())
    if (input.wanted !== queue.runner_wanted) {
      ctx.store.queues.wantRunner(queue.id, input.wanted, now)
      noteQueue(ctx, queue, { event: 'queue.runner_wanted', data: { wanted: input.wanted } })
    }
    if (input.wanted === 'off') askToGo(ctx, queue, input.now ?? false)
    return { queue: findQueue(ctx, queue.id) }
  })
}

function askToGo(ctx: Context, queue: Queue, now: boolean): void {
  const runner = ctx.store.runners.ofQueue(queue.id)
  if (!runner) return
  const task = now && runner.task_id !== null ? getTask(ctx, runner.task_id) : undefined
  const isAsked = runner.stop_requested_at !== null && (!task || task.cancel_requested_at !== null)
  if (isAsked) return
  ctx.store.runners.requestStop(runner.id, timestamp(ctx.clock()))
  noteQueue(ctx, queue, { event: 'runner.stop_requested', data: { runner_id: runner.id, now } })
  if (task) requestCancel(ctx, task)
}

export function noteRunnerDeath(
  ctx: Context,
  { id, ...death }: Input<'noteRunnerDeath'>,
): Output<'noteRunnerDeath'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, id)
    noteQueue(ctx, queue, { event: 'runner.died', data: death })
    return { queue }
  })
}

function workStopped(ctx: Context, { all, session_ids }: Scope): void {
  for (const id of ctx.store.queues.withRunnerWanted()) {
    if (!isStoppedIn(findQueue(ctx, id), all ? 'all' : session_ids)) continue
    ctx.store.queues.wantRunner(id, null, timestamp(ctx.clock()))
  }
}

function widen(ctx: Context, scope: Scope, { all, sessions }: Pick<Lanes, 'all' | 'sessions'>): Scope {
  const added = sessions.map(ref => {
    const session = findSession(ctx, ref)
    if (session.status === 'active') return session.id
    throw conflict(`Session "${session.name}" is ended: it has no lane to work.`, 'sparkq session list')
  })
  return { all: scope.all || all, session_ids: [...new Set([...scope.session_ids, ...added])] }
}

function noteSupervision(ctx: Context, { all, session_ids }: Scope, queues: Queue[]): void {
  ctx.store.audit.append({
    at: timestamp(ctx.clock()),
    actor: ctx.actor,
    event: 'supervision.changed',
    data: { all, sessions: session_ids, queues: queues.map(it => it.id) },
  })
}

function requireSupervisor(ctx: Context, option: string): void {
  if (getSupervision(ctx).supervision) return
  throw conflict('No server runs that could keep a runner on it.', `sparkq start ${option}`)
}

function refuseClosed({ status, name }: Queue): void {
  if (status !== 'ended' && status !== 'archived') return
  throw conflict(`Queue "${name}" is ${status}: there is nothing to run.`, 'sparkq queue list')
}
