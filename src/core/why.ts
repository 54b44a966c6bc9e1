import { attemptFiles } from '../attempt-files/paths.ts'
import { readStatus } from '../attempt-files/status.ts'
import type { Input, Output } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { newest } from '../store/listing.ts'
import type { StoredRunner } from '../store/runners.ts'
import type { Context } from './context.ts'
import { explain } from './explain.ts'
import { findQueue, findTask } from './find.ts'
import { type Look, lookAt, mustWait } from './look.ts'
import { maxRunning } from './places.ts'
import { gateOfTool } from './providers.ts'
import { inHand, isAlive } from './runners.ts'
import { shortage } from './space.ts'
import { getSupervision } from './supervision.ts'
import { executableNames } from './tools.ts'
import { treeOf } from './trees.ts'
import type { Facts, LaneRunner } from './why-facts.ts'

/** Gathers what there is to know; `explain` says it. */
export function explainTask(ctx: Context, { id }: Input<'explainTask'>): Output<'explainTask'> {
  const task = findTask(ctx, id)
  const queue = findQueue(ctx, task.queue.id)
  const holder = ctx.store.runners.ofQueue(queue.id)
  const alive = holder && isAlive(ctx, holder) ? holder : undefined
  const look = lookAt(ctx, queue, {
    executes: true,
    runner_id: alive?.id,
    tools: executableNames(ctx).filter(name => !lacks(alive, name)),
  })
  const facts = {
    ...whereItStands(ctx, task, queue, look),
    ...whoWorks(ctx, queue, alive),
    ...whatAgentsNeed(ctx, queue, alive, look),
  }
  return { why: { ...explain(facts), ahead: task.status === 'queued' ? facts.ahead : null } }
}

function whereItStands(
  ctx: Context,
  task: Task,
  queue: Queue,
  { head, none_because }: Look,
): Omit<Facts, keyof ReturnType<typeof whoWorks> | keyof ReturnType<typeof whatAgentsNeed>> {
  const now = timestamp(ctx.clock())
  return {
    task,
    queue,
    now: ctx.clock(),
    paused_at: queue.status === 'idle' ? (latest(ctx, queue, 'queue.paused')?.at ?? null) : null,
    waits: task.status === 'queued' && mustWait(task, now),
    none_because,
    head: head ?? null,
    ahead: ctx.store.tasks.countAhead(task.id, queue.id, queue.settings.on_wait, now),
    question: asked(ctx, task) ?? (head ? asked(ctx, head) : null) ?? null,
    places: none_because === 'max_running' ? placesTaken(ctx) : null,
    space: none_because === 'no_space' ? shortage(ctx) : null,
    executable: executableNames(ctx),
  }
}

const lacks = (runner: StoredRunner | undefined, tool: string) =>
  runner?.missing.find(it => it.tool_name === tool)

function whatAgentsNeed(
  ctx: Context,
  queue: Queue,
  alive: StoredRunner | undefined,
  { head, none_because }: Look,
): Pick<Facts, 'provider' | 'canary' | 'tree_holder' | 'missing'> {
  const provider = (head && gateOfTool(ctx, head.tool_name)) ?? null
  const canary = provider?.canary_task_id ? ctx.store.tasks.get(provider.canary_task_id) : undefined
  const tree = head && treeOf(ctx, queue, head, { executes: true, runner_id: alive?.id })
  const holder = tree && none_because === 'tree_busy' ? ctx.store.attempts.inTree(tree.name) : undefined
  return {
    provider,
    canary: canary?.status === 'running' && canary.attempt === provider?.canary_attempt ? canary : null,
    tree_holder: holder === undefined ? null : (ctx.store.tasks.get(holder) ?? null),
    missing: (head && lacks(alive, head.tool_name)) ?? null,
  }
}

const asked = ({ store }: Context, { id, wait_reason }: Pick<Task, 'id' | 'wait_reason'>) =>
  wait_reason === 'question' ? store.questions.nextOpen(id)?.question : undefined

function whoWorks(ctx: Context, queue: Queue, alive: StoredRunner | undefined) {
  const busy = inHand(ctx, queue.id)
  return {
    runner: alive ? present(alive) : absent(ctx, queue),
    is_supervised: getSupervision(ctx).supervision !== null,
    busy,
    has_exit: busy !== null && hasExit(ctx, busy),
  }
}

const present = ({ stop_requested_at }: StoredRunner): LaneRunner => ({
  state: stop_requested_at === null ? 'works' : 'stopping',
})

/** Whether somebody meant the lane to have no runner, or its runner died; a later start is no news of either. */
function absent(ctx: Context, queue: Queue): LaneRunner {
  if (queue.runner_wanted === 'off') return { state: 'off' }
  const last = latest(ctx, queue, 'runner.died', 'runner.started')
  if (last === undefined || last.event === 'runner.started') return { state: 'none' }
  const { exit_code, signal, restart_at } = (last.data ?? {}) as Record<string, unknown>
  return {
    state: 'died',
    at: last.at,
    exit_code: typeof exit_code === 'number' ? exit_code : null,
    signal: typeof signal === 'string' ? signal : null,
    restart_at: typeof restart_at === 'string' ? restart_at : null,
  }
}

const latest = (ctx: Context, queue: Queue, ...events: string[]) => ctx.store.audit.latest(queue.id, events)

/** What a machine elsewhere has recorded is not known here. */
function hasExit({ logs }: Context, { id, attempt }: Task): boolean {
  return readStatus(attemptFiles(logs, id, attempt as number).status).exit !== null
}

function placesTaken(ctx: Context) {
  const { rows } = ctx.store.tasks.list({ status: 'running', limit: 100, before: newest })
  return { max: maxRunning(ctx) ?? rows.length, running: rows.map(it => it.friendly_id).reverse() }
}
