import { type AgentName, agentNames, type Provider } from '../contract/agents.ts'
import type { Input, Output } from '../contract/api.ts'
import type { EventName } from '../contract/events.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredProvider } from '../store/providers.ts'
import { type Context, change } from './context.ts'
import { closedUntil, nextGate, openGate, type Seen } from './provider-gate.ts'
import { readTime } from './time-input.ts'

export function listProviders(ctx: Context): Output<'listProviders'> {
  const queued = countQueued(ctx)
  return { providers: agentNames.map(name => toProvider(gateOf(ctx, name), queued)) }
}

export function pauseProvider(ctx: Context, input: Input<'pauseProvider'>): Output<'pauseProvider'> {
  return change(ctx, () => {
    const gate = gateOf(ctx, input.name)
    const now = timestamp(ctx.clock())
    const paused: StoredProvider = {
      ...openGate(gate.name),
      ...{ status: 'paused', because: 'person', message: input.reason?.trim() || null },
      ...{ until: readTime(input.until), since: now },
    }
    set(ctx, paused, 'provider.paused', { is_new: gate.status === 'open' })
    return answer(ctx, input.name)
  })
}

/** Also what waits for its limit only is due at once. */
export function resumeProvider(ctx: Context, { name }: Input<'resumeProvider'>): Output<'resumeProvider'> {
  return change(ctx, () => {
    open(ctx, gateOf(ctx, name))
    return answer(ctx, name)
  })
}

/** The tools whose agents may not begin work now, and until when, as far as that is known. */
export function closedTools(ctx: Context): ReadonlyMap<string, string | null> {
  const now = ctx.clock()
  const closed = new Map<AgentName, string | null>()
  for (const gate of ctx.store.providers.list()) {
    const found = closedUntil(gate, isCanaryRunning(ctx, gate), now)
    if (found) closed.set(gate.name, found.until)
  }
  if (closed.size === 0) return new Map()
  return new Map(
    ctx.store.tools
      .list()
      .flatMap(({ name, agent }) =>
        agent !== null && closed.has(agent) ? [[name, closed.get(agent) ?? null] as const] : [],
      ),
  )
}

/** What the agent of a tool depends on; undefined for a tool that is none. */
export function gateOfTool(ctx: Context, toolName: string): StoredProvider | undefined {
  const agent = ctx.store.tools.get(toolName)?.agent
  return agent ? gateOf(ctx, agent) : undefined
}

/** Notes that this task tries a gate whose time is up, if it is that. Call it inside a transaction. */
export function noteCanary(ctx: Context, task: Task, attempt: number): void {
  const gate = gateOfTool(ctx, task.tool_name)
  if (!gate || gate.status === 'open') return
  ctx.store.providers.set({ ...gate, canary_task_id: task.id, canary_attempt: attempt })
}

/** What the end of an attempt says of a provider. Writes nothing: see `keepGate`. */
export function seeGate(
  ctx: Context,
  name: AgentName,
  { id, attempt }: Pick<Task, 'id' | 'attempt'>,
  seen: Omit<Seen, 'is_canary'>,
): { before: StoredProvider; after: StoredProvider } {
  const before = gateOf(ctx, name)
  const is_canary = before.canary_task_id === id && before.canary_attempt === attempt
  return { before, after: nextGate(before, { ...seen, is_canary }, ctx.clock()) }
}

/** Call it inside a transaction. */
export function keepGate(
  ctx: Context,
  { before, after }: { before: StoredProvider; after: StoredProvider },
  task: Task,
): void {
  if (after === before) return
  if (after.status === 'open') open(ctx, before)
  else close(ctx, before, after, task)
}

function close(ctx: Context, before: StoredProvider, after: StoredProvider, task: Task): void {
  const isSame =
    after.status === before.status && after.until === before.until && after.because === before.because
  const closes = after.status === 'paused' ? 'provider.paused' : 'provider.limited'
  const is_new = before.status === 'open' || before.because !== after.because
  set(ctx, after, isSame ? 'provider.probed' : closes, { is_new, task_id: task.id })
}

function open(ctx: Context, gate: StoredProvider): void {
  if (gate.status !== 'open') set(ctx, openGate(gate.name), 'provider.resumed', {})
  const tools = ctx.store.tools.list().filter(it => it.agent === gate.name)
  ctx.store.tasks.endLimits(
    tools.map(it => it.name),
    timestamp(ctx.clock()),
  )
}

/** Its events are no lane's: they are news for every runner. */
function set(ctx: Context, gate: StoredProvider, event: EventName, more: Record<string, unknown>): void {
  const { name: provider, because, message, mend, until, probes } = gate
  ctx.store.providers.set(gate)
  ctx.store.audit.append({
    ...{ at: timestamp(ctx.clock()), event, actor: ctx.actor },
    data: { provider, because, message, mend, until, probes, ...more },
  })
}

/** One that was cancelled, or whose task is gone, tries nothing any more, whatever the row says. */
function isCanaryRunning({ store }: Context, { canary_task_id, canary_attempt }: StoredProvider): boolean {
  const task = canary_task_id === null ? undefined : store.tasks.get(canary_task_id)
  return task?.status === 'running' && task.attempt === canary_attempt
}

const gateOf = ({ store }: Context, name: AgentName): StoredProvider =>
  store.providers.get(name) ?? openGate(name)

const answer = (ctx: Context, name: AgentName) => ({
  provider: toProvider(gateOf(ctx, name), countQueued(ctx)),
})

function toProvider(gate: StoredProvider, queued: ReadonlyMap<AgentName, number>): Provider {
  const { canary_attempt: _, ...provider } = gate
  return { ...provider, queued: queued.get(gate.name) ?? 0 }
}

function countQueued({ store }: Context): Map<AgentName, number> {
  const agents = new Map(store.tools.list().map(it => [it.name, it.agent]))
  const queued = new Map<AgentName, number>()
  for (const { tool_name, count } of store.tasks.queuedByTool()) {
    const agent = agents.get(tool_name)
    if (agent) queued.set(agent, (queued.get(agent) ?? 0) + Number(count))
  }
  return queued
}
