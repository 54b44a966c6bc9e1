import type { AgentName, AgentOutcome, AgentReport, AgentRun } from '../contract/agents.ts'
import type { Attempt } from '../contract/attempts.ts'
import type { ChangesInput } from '../contract/changes.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import type { Context } from './context.ts'
import { closeConversation, endRun, endsConversation } from './conversations.ts'
import { keepBudget } from './money.ts'
import type { AgentHistory, Ended, Verdict } from './outcome.ts'
import { keepGate, seeGate } from './providers.ts'

/** What an agent's run says beside how the task ended. */
type Said = { agent?: AgentReport | undefined; changes?: ChangesInput | undefined }

/** A run of an agent that has ended: what it says of its provider, and what of it decides about the task. */
export type AgentEnd = {
  outcome: AgentOutcome | null
  gate: ReturnType<typeof seeGate>
  history: AgentHistory
}

/** Looks at the end of an attempt before anything is written. @returns undefined where no agent ran */
export function seeAgent(ctx: Context, task: Task, ended: Ended, { agent }: Said): AgentEnd | undefined {
  const name = agent?.agent ?? agentOf(ctx, task, ended)
  if (!name) return undefined
  const outcome = ended.kind === 'agent' ? ended.outcome : (agent?.outcome ?? null)
  const message = ended.kind === 'agent' ? ended.detail.trim() || outcome : null
  const gate = seeGate(ctx, name, task, {
    outcome,
    message: message ?? outcome ?? '',
    resets_at: agent?.resets_at ?? null,
  })
  const { status, until } = gate.after
  return {
    outcome,
    gate,
    history: {
      until: status === 'limited' ? until : null,
      outcomes: ctx.store.attempts.agentOutcomes(task.id),
    },
  }
}

/** A worker outside that claimed a task of an agent's tool is not that agent. */
function agentOf(ctx: Context, task: Task, ended: Ended): AgentName | null {
  if (ended.kind === 'completed' || ended.kind === 'reported' || task.attempt === null) return null
  if (ctx.store.attempts.get(task.id, task.attempt)?.runner_id == null) return null
  return ctx.store.tools.get(task.tool_name)?.agent ?? null
}

/** What of a run is kept with its attempt. Call it inside a transaction, once for an attempt. */
export function settleRun(
  ctx: Context,
  attempt: Attempt,
  { agent }: Said,
  isTaskOver: boolean,
): AgentRun | null {
  if (!agent) return null
  const { total: _, total_of: __, ...run } = agent
  return { ...run, usage: endRun(ctx, attempt, agent, isTaskOver) }
}

/** What follows from a run for others: what it cost, its conversation, its provider, its lane. */
export function keepRun(
  ctx: Context,
  queue: Queue,
  task: Task,
  attempt: Attempt,
  { end, run, verdict, finished_at }: Kept,
): void {
  if (run) keepCost(ctx, task, attempt.number, run, finished_at)
  const { outcome } = end
  const { conversation_id: id } = attempt
  if (id !== null && outcome !== null && endsConversation(outcome)) closeConversation(ctx, queue, id, outcome)
  // One that was the task's alone has nobody to go on with it.
  if (id !== null && verdict.step !== 'give_back' && ctx.store.conversations.taskOf(id) !== null)
    closeConversation(ctx, queue, id, 'task_over')
  keepGate(ctx, end.gate, task)
  if (run) keepBudget(ctx, queue)
}

type Kept = { end: AgentEnd; run: AgentRun | null; verdict: Verdict; finished_at: string }

function keepCost(ctx: Context, task: Task, attempt: number, run: AgentRun, at: string): void {
  ctx.store.spending.insert({
    ...{ at, session_id: task.session.id, queue_id: task.queue.id, task_id: task.id, attempt },
    ...{ tool_name: task.tool_name, agent: run.agent, model: run.model ?? null },
    ...run.usage,
  })
  if (run.usage.cost_usd !== null) ctx.store.tasks.addCost(task.id, run.usage.cost_usd)
}
