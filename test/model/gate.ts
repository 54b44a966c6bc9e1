import type { Ending } from '../../src/contract/attempts.ts'
import { currentAttempt, type Model, type ModelTask, note, readTime, stamp } from './state.ts'
import { isAgents } from './trees.ts'

/** SPEC 5: what a provider that is limited, away or paused means for the tasks that need it. The model's agents are all Claude's. */
export type ModelGate = {
  status: 'open' | 'limited' | 'paused'
  because: string | null
  message: string | null
  mend: string | null
  until: string | null
  since: string | null
  probes: number
  canary: { task: ModelTask; attempt: number } | null
}

export const openGate = (): ModelGate => ({
  ...{ status: 'open', because: null, message: null, mend: null, until: null, since: null },
  ...{ probes: 0, canary: null },
})

/** Whether agents may not begin, and until when. */
export function closed({ gate, now }: Model): { retry_at: string | null } | undefined {
  if (gate.status === 'open') return undefined
  if (gate.until === null || gate.until > stamp(now)) return { retry_at: gate.until }
  const { canary } = gate
  const tries = canary && canary.task.status === 'running' && canary.task.attempt === canary.attempt
  return tries ? { retry_at: stamp(now + 30_000) } : undefined
}

const minutes: Record<string, number[]> = {
  usage_limit: [5, 10, 20, 40, 60],
  overload: [1, 2, 4, 8, 16, 30],
  network: [1, 2, 4, 8, 16, 30],
}

/** What the end of an agent's attempt says of its provider; to be done once all else is. */
export function seeGate(model: Model, task: ModelTask, ending: Ending | undefined): () => void {
  const attempt = currentAttempt(task)
  if (attempt?.runner_id == null || !isAgents(task.tool_name)) return () => {}
  const { gate } = model
  const isCanary = gate.canary?.task === task && gate.canary.attempt === attempt.number
  const outcome = ending?.kind === 'agent' ? ending.outcome : null
  const message = ending?.kind === 'agent' ? ending.detail : ''
  const schedule = outcome === null ? undefined : minutes[outcome]
  if (schedule && (gate.status === 'open' || isCanary)) {
    const probes = gate.status !== 'open' && gate.because === outcome ? gate.probes + 1 : 0
    const wait = (schedule[probes] ?? schedule.at(-1)) as number
    const until = stamp(model.now + wait * 60_000)
    const since = gate.since ?? stamp(model.now)
    const next = {
      ...openGate(),
      status: 'limited',
      because: outcome,
      message,
      until,
      since,
      probes,
    } as const
    return shut(model, next, task)
  }
  // A limit that says no end knows more than an overload, and than another such limit nothing.
  if (outcome === 'usage_limit' && gate.status === 'limited' && gate.because !== outcome) {
    const wait = (minutes.usage_limit?.[gate.probes] ?? 60) * 60_000
    return shut(model, { ...gate, because: outcome, message, until: stamp(model.now + wait) }, task)
  }
  if ((outcome === 'auth' || outcome === 'billing') && (gate.status !== 'paused' || isCanary)) {
    const since = gate.since ?? stamp(model.now)
    const mend = outcome === 'auth' ? 'claude' : null
    return shut(model, { ...openGate(), status: 'paused', because: outcome, message, mend, since }, task)
  }
  if (!isCanary) return () => {}
  if (outcome === 'ok' || outcome === 'refused' || outcome === 'max_turns') return () => open(model)
  return shut(model, { ...gate, canary: null }, task)
}

function shut(model: Model, next: ModelGate, task: ModelTask): () => void {
  const before = model.gate
  model.gate = next
  const isSame = (['status', 'until', 'because'] as const).every(key => before[key] === next[key])
  const event = next.status === 'paused' ? 'provider.paused' : 'provider.limited'
  const is_new = before.status === 'open' || before.because !== next.because
  return () => tell(model, isSame ? 'provider.probed' : event, { is_new, task_id: task.id })
}

function tell(model: Model, event: Parameters<typeof note>[1], more: object): void {
  const { because, message, mend, until, probes } = model.gate
  note(model, event, { data: { provider: 'claude', because, message, mend, until, probes, ...more } })
}

function open(model: Model): void {
  const wasOpen = model.gate.status === 'open'
  model.gate = openGate()
  if (!wasOpen) tell(model, 'provider.resumed', {})
  for (const task of model.tasks) {
    const waits = task.status === 'queued' && task.wait_reason === 'limit' && task.not_before !== null
    if (waits && isAgents(task.tool_name))
      Object.assign(task, { not_before: null, updated_at: stamp(model.now) })
  }
}

export function pauseProvider(model: Model, { until, reason }: { until?: string | null; reason?: string }) {
  const is_new = model.gate.status === 'open'
  model.gate = {
    ...openGate(),
    ...{ status: 'paused', because: 'person', message: reason ?? null, since: stamp(model.now) },
    until: readTime(until),
  }
  tell(model, 'provider.paused', { is_new })
  return { provider: gateView(model) }
}

export function resumeProvider(model: Model) {
  open(model)
  return { provider: gateView(model) }
}

export function gateView({ gate: { canary, ...gate }, tasks }: Model) {
  const queued = tasks.filter(it => it.status === 'queued' && isAgents(it.tool_name)).length
  return { name: 'claude', ...gate, canary_task_id: canary?.task.id ?? null, queued }
}
