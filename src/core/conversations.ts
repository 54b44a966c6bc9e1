import {
  type AgentName,
  type AgentReport,
  type Conversation,
  noUsage,
  type Usage,
} from '../contract/agents.ts'
import type { Input, Output } from '../contract/api.ts'
import type { Attempt } from '../contract/attempts.ts'
import { conflict } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { Whereabouts } from '../store/conversations.ts'
import { getAttempt, requireCurrent } from './attempt.ts'
import { type Context, change } from './context.ts'
import { digestOf } from './digest.ts'
import { findQueue, findTask } from './find.ts'
import { noteQueue } from './transitions.ts'

/** How many of a lane's tasks a new conversation is told of. */
const toldTasks = 12

/** Said again of the same attempt, it answers the same. */
export function openConversation(
  ctx: Context,
  { id, attempt: number, agent, host, ...proposed }: Input<'openConversation'>,
): Output<'openConversation'> {
  const session_id = proposed.session_id ?? null
  return change(ctx, () => {
    const task = requireCurrent(findTask(ctx, id), number)
    const queue = findQueue(ctx, task.queue.id)
    const attempt = getAttempt(ctx, task, number)
    const where = whereabouts(queue, task, agent, host)
    const known = attempt.conversation_id === null ? undefined : find(ctx, attempt.conversation_id)
    if (known) {
      refuseOther(task, known, where)
      return answer(ctx, queue, known, where)
    }
    const conversation = ctx.store.conversations.open(where) ?? create(ctx, queue, where, session_id)
    ctx.store.conversations.tells(conversation.id, queue.instructions, session_id)
    ctx.store.attempts.converses(task.id, number, conversation.id)
    return answer(ctx, queue, find(ctx, conversation.id), where)
  })
}

/** The lane's; where each of its tasks has one of its own, that of the task, which it keeps for all its attempts. */
function whereabouts(queue: Queue, task: Task, agent: AgentName, host: string): Whereabouts {
  return { queue_id: queue.id, agent, host, task_id: queue.settings.context === 'fresh' ? task.id : null }
}

function answer(ctx: Context, queue: Queue, conversation: Conversation, where: Whereabouts) {
  const { begun, instructions } = conversation
  return {
    conversation,
    digest: begun ? null : digest(ctx, queue, conversation, where),
    instructions: queue.instructions,
    instructions_changed: begun && instructions !== queue.instructions,
  }
}

/** After what no task of the lane can go on with its conversation: an agent that refused once refuses from then on. */
export function endsConversation(because: string | null): boolean {
  return because === 'lost_conversation' || because === 'full_conversation' || because === 'refused'
}

/** Only where one before it came to its end: a lane's first conversation has nothing to catch up with. */
function digest(ctx: Context, queue: Queue, { id }: Conversation, where: Whereabouts): string | null {
  const before = ctx.store.conversations.before(id, where)
  if (!endsConversation(before?.closed_because ?? null)) return null
  return digestOf(ctx.store.tasks.lastFinished(queue.id, toldTasks))
}

function create(ctx: Context, queue: Queue, where: Whereabouts, session_id: string | null): Conversation {
  const id = newId('conversation')
  ctx.store.conversations.insert({ ...where, id, session_id, now: timestamp(ctx.clock()) })
  const { agent, host } = where
  noteQueue(ctx, queue, { event: 'conversation.opened', data: { conversation_id: id, agent, host } })
  return find(ctx, id)
}

/**
 * Takes down what a run says of its conversation. Call it inside a transaction, once for an attempt.
 * @returns what the run took: agents count per conversation, or per run
 */
export function endRun(ctx: Context, attempt: Attempt, report: AgentReport, isTaskOver: boolean): Usage {
  const { conversation_id: id } = attempt
  const known = id === null ? undefined : ctx.store.conversations.get(id)
  const usage = usageOf(report, known?.usage ?? noUsage)
  if (!known) return usage
  const isTold = report.session_id !== undefined
  ctx.store.conversations.end(known.id, {
    ...sum(known.usage, usage),
    ...(report.total && report.total_of === 'conversation' ? report.total : {}),
    session_id: report.session_id ?? known.session_id,
    begun: known.begun || isTold ? 1 : 0,
    instructions: isTold ? ctx.store.conversations.telling(known.id) : known.instructions,
    tasks: known.tasks + (isTaskOver ? 1 : 0),
  })
  return usage
}

/** Closes the conversation of an attempt, if it is open still. Call it inside a transaction. */
export function closeConversation(ctx: Context, queue: Queue, id: string, because: string): void {
  const known = ctx.store.conversations.get(id)
  if (!known || known.closed_at !== null) return
  ctx.store.conversations.close(id, because, timestamp(ctx.clock()))
  noteQueue(ctx, queue, { event: 'conversation.closed', data: { conversation_id: id, because } })
}

/** A total that is smaller than the last one was begun anew: all of it is this run's. */
function usageOf({ total, total_of }: AgentReport, before: Usage): Usage {
  if (!total || total_of !== 'conversation') return total ?? noUsage
  const cost = before.cost_usd ?? 0
  const isAnew =
    total.input_tokens < before.input_tokens ||
    total.output_tokens < before.output_tokens ||
    (total.cost_usd !== null && total.cost_usd < cost)
  if (isAnew) return total
  return {
    input_tokens: total.input_tokens - before.input_tokens,
    cached_input_tokens: Math.max(0, total.cached_input_tokens - before.cached_input_tokens),
    output_tokens: total.output_tokens - before.output_tokens,
    cost_usd: total.cost_usd === null ? null : total.cost_usd - cost,
  }
}

export function sum(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cost_usd: a.cost_usd === null && b.cost_usd === null ? null : (a.cost_usd ?? 0) + (b.cost_usd ?? 0),
  }
}

function find({ store }: Context, id: string): Conversation {
  const found = store.conversations.get(id)
  if (!found) throw new Error(`There is no conversation ${id}.`)
  return found
}

function refuseOther(
  { friendly_id, attempt }: Task,
  known: Conversation,
  { agent, host }: Whereabouts,
): void {
  if (known.agent === agent && known.host === host) return
  throw conflict(
    `Attempt ${attempt} of ${friendly_id} has a conversation with ${known.agent} on ${known.host} already.`,
    `sparkq task ${friendly_id}`,
  )
}
