import type { Api } from '../contract/api.ts'
import type { Attempt, ProcessIdentity } from '../contract/attempts.ts'
import { conflict } from '../contract/errors.ts'
import { randomWord } from '../contract/ids.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import { shellQueue } from '../contract/shell-word.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { liveness } from '../processes/identity.ts'
import { type Bell, createBell, createPlaceBell } from './bell.ts'
import { listen } from './ears.ts'
import { createLeave } from './lane-asked.ts'
import { type LeaseOptions, withLease } from './lease.ts'
import { persistentApi } from './persistent.ts'

/** How often it is looked whether the assistant is still there. */
const lookMs = 1000

export type ChatOptions = Omit<LeaseOptions, 'report' | 'supervisor'> & {
  report: (event: ChatEvent) => void
  /** Aborts when the stream is to end. A task that was given out stays with the assistant. */
  signal: AbortSignal
  /** The assistant's process: what it has is its own while that lives. null: it cannot be told who that is. */
  worker: ProcessIdentity | null
}

/** What there is to tell an assistant. */
export type ChatEvent =
  | { type: 'started'; runner: Runner; queue: Queue }
  | { type: 'task'; task: Task; before: Attempt | undefined; again: boolean }
  | { type: 'stale'; task: Task }
  | { type: 'over'; task: Task }
  | { type: 'waiting'; queue: Queue; because: ClaimRefusal; until: string | null; asking: string[] }
  | { type: 'warning'; message: string }
  | { type: 'ended'; done: number; left: Task | null; because: ChatEnd }

/** The lane gives no more for now · one was asked for · it was asked to go · the stream was closed · nobody reads any more */
export type ChatEnd = 'nothing_left' | 'once' | 'stopping' | 'interrupted' | 'worker_gone'

/**
 * Works a lane through an assistant that reads what is reported: it is given one task at a time, and the next one when
 * it has finished that. With `once` it is given one, and nothing is waited for.
 * @throws conflict when a runner, or another assistant, has the lane
 */
export async function workAsChat(options: ChatOptions): Promise<ChatEnd> {
  const { report, signal } = options
  const api = persistentApi(options.api, message => report({ type: 'warning', message }), signal)
  return withLease(options, async (runner, queue) => {
    const bell = createBell(signal)
    const place = createPlaceBell(bell)
    const leave = createLeave(runner)
    const ears = listen(api, {
      onEvent: event => {
        place.hear(event)
        if (event.queue_id !== queue.id) return
        leave.hear(event)
        bell.ring()
      },
      onGap: () => bell.ring(),
      onTrouble: message => report({ type: 'warning', message }),
    })
    try {
      await refuseTaken(api, runner, options.worker)
      report({ type: 'started', runner, queue })
      await leave.ask(api)
      const end = await giveTasks({ ...options, api }, runner, { bell, place, leave })
      report({ type: 'ended', ...end })
      return end.because
    } finally {
      await ears.stop()
    }
  })
}

type Signs = { bell: Bell; place: ReturnType<typeof createPlaceBell>; leave: ReturnType<typeof createLeave> }
type End = { done: number; left: Task | null; because: ChatEnd }

async function giveTasks(options: ChatOptions, runner: Runner, signs: Signs): Promise<End> {
  const { mode, report, signal, worker } = options
  const tell = createWaitingNote(options, runner)
  for (let done = 0; ; ) {
    const next = await nextTask(options, runner, signs)
    const end = (because: ChatEnd, left: Task | null = null): End => ({ done, left, because })
    if ('task' in next) {
      report({ type: 'task', ...next })
      if (mode === 'once') return end('once', next.task)
      const over = await untilOver(options, next.task, signs.bell)
      if (typeof over === 'string') return end(over, next.task)
      report({ type: 'over', task: over })
      if (over.status !== 'queued') done++
      if (signs.leave.isAsked()) return end('stopping')
      continue
    }
    if (next.because === 'stopping') return end('stopping')
    const queue = await tell(next)
    if (mode !== 'watch' && !waitsForOthers(next)) return end('nothing_left')
    if (queue.status === 'ended' || queue.status === 'archived') return end('nothing_left')
    if (waitsForOthers(next)) signs.place.listen()
    await waitWhileThere(signs.bell, worker, next.until, options.config.queue_runner.poll_interval * 1000)
    if (signal.aborted) return end('interrupted')
    if (isGone(worker)) return end('worker_gone')
  }
}

/** As for any runner, until empty includes what only waits for other lanes. */
const waitsForOthers = ({ because }: Nothing): boolean => because === 'max_running' || because === 'tree_busy'

type Given = { task: Task; before: Attempt | undefined; again: boolean }
type Nothing = { because: ClaimRefusal; until: string | null }

/** What it still has, else what it claims. */
async function nextTask(
  { api, worker }: ChatOptions,
  runner: Runner,
  { bell, place, leave }: Signs,
): Promise<Given | Nothing> {
  bell.reset()
  place.reset()
  if (leave.isAsked()) return { because: 'stopping', until: null }
  const mine = (await inHand(api, runner)).find(it => isMine(it.attempt, runner, worker))
  if (mine) return { ...(await withAttempts(api, mine.task)), again: true }
  const answer = await api.claimTask({
    id: runner.queue.id,
    worker_id: runner.worker_id,
    claim_key: `chat_${randomWord(20)}`,
    ...(worker ? { process: worker } : {}),
  })
  if (answer.task) return { ...(await withAttempts(api, answer.task)), again: false }
  return { because: answer.none_because ?? 'empty', until: answer.retry_at }
}

/** With how it went the time before. */
async function withAttempts(api: Api, task: Task): Promise<{ task: Task; before: Attempt | undefined }> {
  if ((task.attempt ?? 1) === 1) return { task, before: undefined }
  const { attempts } = await api.listAttempts({ id: task.id })
  return { task, before: attempts.find(it => it.number === (task.attempt as number) - 1) }
}

type InHand = { task: Task; attempt: Attempt }

/** What runs in the lane, the first one first. */
async function inHand(api: Api, { queue }: Runner): Promise<InHand[]> {
  const { tasks } = await api.listTasks({ queue_id: queue.id, status: 'running', limit: 500 })
  const found: InHand[] = []
  for (const { id, attempt: number } of tasks.reverse()) {
    const { attempts } = await api.listAttempts({ id })
    const attempt = attempts.find(it => it.number === number)
    const { task } = await api.getTask({ id })
    if (attempt?.outcome === null && task.status === 'running') found.push({ task, attempt })
  }
  return found
}

/** Its own is what is bound to its process; where that is not known, what has its name and is bound to none. */
function isMine(
  { runner_id, bound, worker_id }: Attempt,
  runner: Runner,
  worker: ProcessIdentity | null,
): boolean {
  if (runner_id !== null) return false
  if (worker === null || bound === null)
    return worker === null && bound === null && worker_id === runner.worker_id
  return (
    bound.pid === worker.pid && bound.start_time === worker.start_time && bound.boot_id === worker.boot_id
  )
}

/** A lane has one order: what somebody else has begun there comes first. What nobody is known to have is left alone. */
async function refuseTaken(api: Api, runner: Runner, worker: ProcessIdentity | null): Promise<void> {
  await api.sweep()
  for (const { task, attempt } of await inHand(api, runner)) {
    const { friendly_id } = task
    if (attempt.runner_id !== null) {
      throw conflict(
        `${friendly_id} was begun by a runner that is gone: the next runner has to see to its end.`,
        `sparkq runner ${shellQueue(runner.queue.name)} --once`,
      )
    }
    if (attempt.bound === null || isMine(attempt, runner, worker)) continue
    const { pid, hostname } = attempt.bound
    throw conflict(
      `Process ${pid} on ${hostname} has ${friendly_id} of this lane.`,
      `sparkq task ${friendly_id}`,
    )
  }
}

/** @returns how the task is then; or why that was not waited for */
async function untilOver(
  { api, worker, signal, report }: ChatOptions,
  { id, attempt }: Task,
  bell: Bell,
): Promise<Task | 'interrupted' | 'worker_gone'> {
  for (let told = false; ; ) {
    bell.reset()
    const { task } = await api.getTask({ id })
    if (task.status !== 'running' || task.attempt !== attempt) return task
    if (task.stale_warned_at && !told) report({ type: 'stale', task })
    told ||= task.stale_warned_at !== null
    await waitWhileThere(bell, worker, told ? task.stops_at : task.warns_at, Number.POSITIVE_INFINITY)
    if (signal.aborted) return 'interrupted'
    // Marks it as stale or ends it when its time has come, and gives it back where nobody is left to do it.
    if (!bell.hasRung()) await api.sweep()
    if (isGone(worker)) return 'worker_gone'
  }
}

/** Waits for a ring, for the time `at` or for `atMostMs`; no longer than the assistant is there. */
async function waitWhileThere(
  bell: Bell,
  worker: ProcessIdentity | null,
  at: string | null,
  atMostMs: number,
): Promise<void> {
  const until = performance.now() + atMostMs
  // Where a time has passed and nothing has come of it (another machine's clock is behind), it is asked for now and then.
  for (let leastMs = 200; ; leastMs = 0) {
    const leftMs = Math.min(until - performance.now(), at === null ? atMostMs : Date.parse(at) - Date.now())
    if (leftMs <= leastMs && leastMs === 0) return
    if (await bell.wait(null, Math.max(leastMs, Math.min(leftMs, lookMs)))) return
    if (bell.isOver() || isGone(worker)) return
  }
}

/** Of one on another machine nothing is known: it cannot be, as this process was started by it. */
const isGone = (worker: ProcessIdentity | null): boolean => worker !== null && liveness(worker) === 'dead'

/** Says why there is no task, once per reason. @returns the lane as it is now */
function createWaitingNote({ api, report }: ChatOptions, { queue: { id } }: Runner) {
  let told = ''
  return async ({ because, until }: Nothing): Promise<Queue> => {
    const { queue } = await api.getQueue({ id })
    const { questions } = await api.listQuestions({ queue_id: id, open: true })
    const asking = [...new Set(questions.map(it => it.friendly_id))].reverse()
    const key = JSON.stringify([because, because === 'max_running' ? null : until, queue.status, asking])
    if (key !== told) report({ type: 'waiting', queue, because, until, asking })
    told = key
    return queue
  }
}
