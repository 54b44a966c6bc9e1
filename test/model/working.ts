import type { Input } from '../../src/contract/api.ts'
import type { ProcessIdentity } from '../../src/contract/attempts.ts'
import { type End, endAttempt, endOf, stop } from './endings.ts'
import { closed } from './gate.ts'
import { resume } from './moves.ts'
import {
  attemptOf,
  currentAttempt,
  isHeld,
  type Model,
  type ModelAttempt,
  type ModelQueue,
  type ModelTask,
  noteQueue,
  noteTask,
  queueOf,
  refuse,
  refuseIf,
  stamp,
  taskOf,
} from './state.ts'
import { isAgents, noteWaiting, treeOf, treeRefusal } from './trees.ts'
import { runnerView, taskView } from './views.ts'

/** SPEC 3: taking tasks, saying how they ended, and what happens by time alone. */

/** What a claim takes now; else why nothing, and when that may be different by itself. */
export function nextOf(model: Model, queue: ModelQueue, executes = false) {
  const now = stamp(model.now)
  const none = (none_because: string, retry_at: string | null) => ({ task: null, none_because, retry_at })
  if (queue.status !== 'active') return none('not_active', queue.status === 'idle' ? queue.resume_at : null)
  const queued = queue.order.filter(it => it.status === 'queued')
  const times = queued.map(it => it.not_before).filter(it => it !== null && it > now)
  const soonest = times.sort()[0] ?? null
  const skips = queue.settings.on_wait === 'skip'
  const first = (all: ModelTask[]) => {
    for (const task of all) {
      if (task.wait_reason === 'question') {
        // One that waits for an answer is passed over, unless the lane is to wait too.
        if (queue.settings.on_wait === 'block') return none('waiting', soonest)
        continue
      }
      if (task.not_before === null || task.not_before <= now) return { task }
      // One that waits for its retry holds the lane; one that its user delayed is passed over.
      if (task.wait_reason !== null && !skips) return none('waiting', soonest)
    }
    return undefined
  }
  // Where the lane skips what waits, a closed provider lets others pass.
  const isHeld = executes && closed(model) !== undefined
  const others = skips && isHeld ? first(queued.filter(it => !isAgents(it.tool_name))) : undefined
  const found = others ?? first(queued)
  if (found) return found
  return queued.length === 0 ? none('empty', null) : none('delayed', soonest)
}

export function peekQueue(model: Model, queue: ModelQueue) {
  const next = nextOf(model, queue)
  return next.task ? taken(next.task) : next
}

const taken = (task: ModelTask) => ({ task: taskView(task), none_because: null, retry_at: null })

export function claimTask(model: Model, input: Input<'claimTask'>) {
  refuseIf(input.runner_id !== undefined && input.process !== undefined, 'invalid')
  const queue = queueOf(model, input.id)
  returnFromGone(model, queue)
  const next = nextOf(model, queue, input.runner_id !== undefined)
  const before = model.tasks
    .flatMap(task => task.attemptList.map(attempt => ({ task, attempt })))
    .find(it => input.claim_key !== undefined && it.attempt.claim_key === input.claim_key)
  const runner = model.runners.find(it => it.queue === queue && it.id === input.runner_id)
  const none = (none_because: string, retry_at: string | null) => {
    if (runner) noteWaiting(model, runner, none_because === 'tree_busy')
    return { task: null, none_because, retry_at }
  }
  if (!before && !next.task) return none(next.none_because, next.retry_at)
  if (!before && input.tools && !input.tools.includes(next.task?.tool_name as string))
    return none('other_tool', null)
  const gate =
    next.task && input.runner_id !== undefined && isAgents(next.task.tool_name) ? closed(model) : undefined
  if (!before && gate) return none('provider', gate.retry_at)
  if (input.runner_id !== undefined) requireLease(model, queue, input.runner_id)
  if (before) {
    const isSame = before.task.queue === queue && before.attempt.outcome === null
    return isSame ? taken(before.task) : refuse('conflict')
  }
  const task = next.task as ModelTask
  const headOf = (lane: ModelQueue) => {
    const head = nextOf(model, lane, true).task
    return head && isAgents(head.tool_name) && closed(model) ? null : head
  }
  const busy = treeOf(task, input.runner_id) && treeRefusal(model, runner, headOf)
  if (busy) return none('tree_busy', busy.retry_at)
  if (runner) noteWaiting(model, runner, false)
  take(model, task, input)
  return taken(task)
}

function requireLease(model: Model, queue: ModelQueue, runnerId: string): void {
  refuseIf(!model.runners.some(it => it.queue === queue && it.id === runnerId), 'conflict')
}

function take(model: Model, task: ModelTask, input: Input<'claimTask'>): void {
  const at = stamp(model.now)
  const worker_id = input.worker_id ?? null
  const number = task.attemptList.length + 1
  Object.assign(task, {
    ...{ status: 'running', attempt: number, attempts: task.attempts + 1, worker_id, claimed_at: at },
    ...{ started_at: input.runner_id === undefined ? at : null, wait_reason: null, not_before: null },
    ...{ warns_at: stamp(model.now + task.timeout * 1000), updated_at: at },
    ...{ stops_at: stamp(model.now + 2 * task.timeout * 1000) },
  })
  task.attemptList.push({
    ...{ task_id: task.id, number, charged: true, outcome: null, worker_id, claimed_at: at },
    ...{ runner_id: input.runner_id ?? null, claim_key: input.claim_key ?? null, process: null },
    ...{ bound: input.process ?? null },
    ...{ started_at: null, finished_at: null, exit_code: null, signal: null, error_type: null },
    ...{ error_message: null, error_detail: null, result_summary: null, result_data: null },
    ...{ stop_cause: null, stop: null, agent: null, changes: null, conversation_id: null },
    tree: treeOf(task, input.runner_id),
  })
  if (task.attemptList.at(-1)?.tree != null && model.gate.status !== 'open')
    model.gate.canary = { task, attempt: number }
  noteTask(model, task, 'task.claimed', {
    ...{ attempt: number, from_status: 'queued', to_status: 'running', data: { worker_id } },
  })
}

/** Only of the attempt that runs now can anything be said. */
function requireCurrent(task: ModelTask, number: number): ModelAttempt {
  refuseIf(task.attempt !== number || task.status !== 'running', 'conflict')
  return attemptOf(task, number)
}

export function startAttempt(model: Model, input: Input<'startAttempt'>) {
  const task = taskOf(model, input.id)
  const attempt = requireCurrent(task, input.attempt)
  const at = stamp(model.now)
  Object.assign(attempt, { process: input.process, started_at: at })
  Object.assign(task, { started_at: at, updated_at: at })
  noteTask(model, task, 'task.started', { attempt: attempt.number, data: { pid: input.process.pid } })
  return { attempt }
}

export function stopAttempt(model: Model, input: Input<'stopAttempt'>) {
  const attempt = requireCurrent(taskOf(model, input.id), input.attempt)
  attempt.stop_cause ??= input.cause
  return { attempt }
}

export function finishAttempt(model: Model, input: Input<'finishAttempt'>) {
  const task = taskOf(model, input.id)
  const attempt = attemptOf(task, input.attempt)
  const end = endOf(input.ending, task)
  if (attempt.outcome === null) {
    requireCurrent(task, attempt.number)
    const { result_summary: summary, result_data: data, error_detail: detail, finished_at } = input
    endAttempt(model, task, {
      ...{ ...end, ending: input.ending, data, summary: summary ?? null, detail: detail ?? null },
      ...(finished_at ? { finished_at } : {}),
    })
  } else refuseIf(!isSaidAgain(attempt, end, input.finished_at), 'conflict')
  return { task: taskView(task) }
}

const isSaidAgain = (attempt: ModelAttempt, end: End, finished_at: string | undefined): boolean =>
  attempt.error_type === end.error &&
  attempt.exit_code === (end.exit_code ?? null) &&
  attempt.signal === (end.signal ?? null) &&
  (finished_at ?? attempt.finished_at) === attempt.finished_at

export function completeTask(model: Model, input: Input<'completeTask'>) {
  const summary = input.result_summary.trim()
  const data = input.result_data ?? null
  return report(model, input, summary, {
    isSame: it => it.outcome === 'succeeded' && it.result_summary === summary && same(it.result_data, data),
    end: { error: null, summary, data },
  })
}

export function failTask(model: Model, input: Input<'failTask'>) {
  const message = input.error_message.trim()
  const detail = input.error_detail ?? null
  return report(model, input, message, {
    isSame: it => it.outcome === 'failed' && it.error_message === message && it.error_detail === detail,
    end: { error: 'reported', message, detail },
  })
}

/** A worker outside says how its task ended: once, or again the same. What a runner executes, only that can say. */
function report(
  model: Model,
  { id, attempt: asked }: { id: string; attempt?: number },
  words: string,
  { isSame, end }: { isSame: (attempt: ModelAttempt) => boolean; end: End },
) {
  refuseIf(words === '', 'invalid')
  const task = taskOf(model, id)
  const number = asked ?? task.attempt ?? refuse('conflict')
  const attempt = attemptOf(task, number)
  if (!isSame(attempt)) {
    requireCurrent(task, number)
    refuseIf(attempt.runner_id !== null, 'conflict')
    endAttempt(model, task, end)
  }
  return { task: taskView(task) }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What is bound to a process that is gone goes back to its place, uncharged. */
function returnFromGone(model: Model, queue?: ModelQueue): ModelTask[] {
  const lost = model.tasks.filter(task => {
    const bound = task.status === 'running' ? currentAttempt(task)?.bound : null
    return bound?.start_time === 'gone' && (queue === undefined || task.queue === queue)
  })
  for (const task of lost) {
    const { bound } = currentAttempt(task) as ModelAttempt
    const { pid, hostname } = bound as ProcessIdentity
    const message = `Its worker is gone: process ${pid} on ${hostname} has ended.`
    endAttempt(model, task, { error: 'worker_lost', lost: 'worker_gone', message })
  }
  return lost
}

/** At 1 × timeout a running task is stale, at 2 × it is ended, both by its runner where that lives; pauses end. */
export function sweep(model: Model) {
  const returned = returnFromGone(model)
  const isDue = (time: string | null) => time !== null && time <= stamp(model.now)
  const running = model.tasks.filter(it => it.status === 'running')
  const stale = running.filter(it => it.stale_warned_at === null && isDue(it.warns_at) && !isHeld(model, it))
  for (const task of stale) {
    task.stale_warned_at = task.updated_at = stamp(model.now)
    noteTask(model, task, 'task.stale', { attempt: task.attempt, data: { stops_at: task.stops_at } })
  }
  const resumed = model.queues.filter(it => it.status === 'idle' && isDue(it.resume_at))
  for (const queue of resumed) resume(model, queue)
  const over = running.filter(it => isDue(it.stops_at) && !isHeld(model, it))
  for (const task of over) stop(model, task, 'timeout')
  const failed = over.filter(it => it.status === 'failed')
  const ids = (list: { id: string }[]) => list.map(it => it.id)
  return { stale: ids(stale), failed: ids(failed), resumed: ids(resumed), returned: ids(returned) }
}

/** One runner per lane: a live holder keeps it, a dead one is replaced. */
export function startRunner(model: Model, input: Input<'startRunner'>, fresh: string, alive: boolean) {
  const queue = queueOf(model, input.queue_id)
  refuseIf(queue.status === 'ended' || queue.status === 'archived', 'conflict')
  const holder = model.runners.find(it => it.queue === queue)
  refuseIf(holder?.alive === true, 'conflict')
  if (holder) stopRunner(model, { id: holder.id })
  const runner = {
    ...{ id: fresh, queue, worker_id: input.worker_id as string, pid: input.process.pid, alive },
    ...{ waiting: null, heard: model.now },
  }
  model.runners.push(runner)
  const { worker_id, pid } = runner
  noteQueue(model, queue, 'runner.started', { data: { runner_id: fresh, worker_id, pid } })
  return { runner: runnerView(runner) }
}

export function stopRunner(model: Model, { id }: Input<'stopRunner'>) {
  const runner = model.runners.find(it => it.id === id) ?? refuse('not_found')
  model.runners = model.runners.filter(it => it !== runner)
  noteQueue(model, runner.queue, 'runner.stopped', { data: { runner_id: id, pid: runner.pid } })
  return { runner: runnerView(runner) }
}
