import { SparkqError } from '../src/contract/errors.ts'
import type { Task, TaskInput } from '../src/contract/tasks.ts'
import { createHttpClient, type HttpClient } from '../src/http/client.ts'
import { waitFor } from '../test/support/wait.ts'
import type { Keeping, Kept } from './keeping.ts'
import type { Ledger } from './ledger.ts'
import type { Action, LaneName, Planned, Victim } from './plan.ts'
import { findPrey, findRunners, type Prey, tryKill } from './prey.ts'
import type { Site, Spawned } from './site.ts'

export type Stage = { site: Site; keeping: Keeping; ledger: Ledger; commands: Set<Spawned> }

/** Does what is planned, each at its time, without waiting for the one before; resolves when all of it is answered. */
export async function act(stage: Stage, planned: Planned[]): Promise<void> {
  const begun = performance.now()
  const all: Promise<void>[] = []
  for (const { atMs, action } of planned) {
    const wait = atMs - (performance.now() - begun)
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const done = perform(stage, action)
    // Whoever awaits all of them hears of a failure.
    done.catch(() => {})
    all.push(done)
  }
  await Promise.all(all)
}

async function perform(stage: Stage, action: Action): Promise<void> {
  const { ledger } = stage
  const said = JSON.stringify(action)
  ledger.log(said)
  try {
    const performer = performers[action.do] as (stage: Stage, action: Action) => Promise<void>
    await performer(stage, action)
  } catch (error) {
    if (!(error instanceof SparkqError) || !passing.includes(error.code)) throw error
    ledger.log(`${said}: ${error.message}`)
  }
}

/** What may be answered to what is done at random: it was over already, or the server was killed over it. */
const passing = ['conflict', 'not_found', 'unreachable']

const performers: { [K in Action['do']]: (stage: Stage, action: Action & { do: K }) => Promise<void> } = {
  enqueue,
  claim,
  cancel,
  requeue,
  pause: async (stage, { lane }) =>
    void (await ask(stage, api => api.pauseQueue({ id: lane, reason: 'Chaos.' }))),
  resume: async (stage, { lane }) => void (await ask(stage, api => api.resumeQueue({ id: lane }))),
  rival,
  kill,
}

/** Asks the server that is there now, once it is; whether what a killed one did not answer was done is then open. */
export async function ask<T>({ keeping }: Stage, call: (api: HttpClient) => Promise<T>): Promise<T> {
  const url = await waitFor('a server answers', () => keeping.address(), 60_000)
  const client = createHttpClient({ url, retry: { pausesMs: [20, 50] } })
  try {
    return await call(client)
  } finally {
    client.close()
  }
}

/** Asks until there is an answer: for what means the same when it is said twice. */
export async function insist<T>(stage: Stage, call: (api: HttpClient) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask(stage, call)
    } catch (error) {
      if (!(error instanceof SparkqError) || error.code !== 'unreachable') throw error
    }
  }
}

type Enqueue = Action & { do: 'enqueue' }

async function enqueue(stage: Stage, action: Enqueue): Promise<void> {
  const { ledger } = stage
  const { key } = action
  const task = action.by === 'cli' ? await enqueueByCommand(stage, action) : await enqueueOnce(stage, action)
  const known = task ?? (key === undefined ? undefined : await enqueueAgain(stage, action))
  if (known) acknowledge(ledger, known, key)
  else ledger.lost++
}

function acknowledge({ enqueued, log }: Ledger, task: Task, key?: string): void {
  enqueued.set(task.id, key)
  log(`${task.friendly_id} is ${task.id}`)
}

async function enqueueOnce(stage: Stage, action: Enqueue): Promise<Task | undefined> {
  try {
    return (await ask(stage, api => api.createTask(inputOf(stage, action)))).task
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'unreachable') return undefined
    throw error
  }
}

const enqueueAgain = async (stage: Stage, action: Enqueue): Promise<Task> =>
  (await insist(stage, api => api.createTask(inputOf(stage, action)))).task

function inputOf({ site }: Stage, { lane, work, key, max_attempts }: Enqueue): TaskInput {
  const more = { queue_id: lane, max_attempts, ...(key === undefined ? {} : { idempotency_key: key }) }
  if (work.kind === 'outside') return { ...more, tool_name: 'llm-haiku', payload: { prompt: 'Work.' } }
  const args = [site.journal, work.kind, String(work.number)]
  const limited = work.kind === 'hang' ? { timeout: 1 } : {}
  return { ...more, ...limited, tool_name: 'run-bash', payload: { script_path: 'task.sh', args } }
}

/** @returns undefined when it was killed before it could answer */
async function enqueueByCommand(stage: Stage, action: Enqueue): Promise<Task | undefined> {
  const { queue_id, tool_name, payload, max_attempts, timeout, idempotency_key } = inputOf(stage, action)
  const spawned = stage.site.sparkq([
    ...['enqueue', '--json', '-q', queue_id, '-t', tool_name as string, '--payload', JSON.stringify(payload)],
    ...['--max-attempts', String(max_attempts)],
    ...(timeout === undefined ? [] : ['--timeout', String(timeout)]),
    ...(idempotency_key === undefined ? [] : ['--key', idempotency_key]),
  ])
  const { code, signal } = await endOf(stage, spawned)
  if (signal === 'SIGKILL') return undefined
  if (code !== 0) throw new Error(`sparkq enqueue ended with ${code}: ${spawned.said.stderr}`)
  return (JSON.parse(spawned.said.stdout) as { task: Task }).task
}

/** Until then it may be chosen to be killed. */
async function endOf({ commands }: Stage, spawned: Spawned) {
  commands.add(spawned)
  const end = await spawned.ended
  commands.delete(spawned)
  return end
}

const refused = 4

async function rival(stage: Stage, { lane }: { lane: LaneName }): Promise<void> {
  const spawned = stage.site.sparkq(['runner', '-q', lane, '--run'])
  const { code, signal } = await endOf(stage, spawned)
  stage.ledger.log(`a second runner of ${lane} ended with ${code ?? signal}`)
  if (signal !== 'SIGKILL' && code !== 0 && code !== refused)
    throw new Error(`A second runner of ${lane} ended with ${code ?? signal}: ${spawned.said.stderr}`)
}

async function claim(stage: Stage, { lane, key, ends }: Action & { do: 'claim' }): Promise<void> {
  const input = { id: lane, worker_id: 'outside', claim_key: key, tools: ['llm-haiku'] }
  const { task } = await insist(stage, api => api.claimTask(input))
  if (task && ends !== 'never') await report(stage, task, ends)
}

/** A worker outside says how its task ended, until it is heard. */
export async function report(stage: Stage, task: Task, ends: 'complete' | 'fail'): Promise<void> {
  const at = { id: task.id, attempt: task.attempt as number }
  await insist(stage, async api => {
    if (ends === 'complete') await api.completeTask({ ...at, result_summary: 'Done.' })
    else await api.failTask({ ...at, error_message: 'No.' })
  })
  stage.ledger.reported.set(`${at.id}/${at.attempt}`, ends)
}

async function cancel(stage: Stage, { n }: { n: number }): Promise<void> {
  const { ledger } = stage
  const { tasks } = await ask(stage, api => api.listTasks({ limit: 60 }))
  // Every other time one that runs, where there is one.
  const running = n % 2 === 0 ? tasks.filter(it => it.status === 'running') : []
  const open = running.length > 0 ? running : tasks.filter(it => it.finished_at === null)
  const chosen = open[n % open.length]
  if (!chosen) return
  ledger.cancelAsked.add(chosen.id)
  const { task } = await ask(stage, api => api.cancelTask({ id: chosen.id }))
  ledger.cancelled.set(task.id, task.attempt)
  ledger.log(`${task.friendly_id} is cancelled: ${task.status}`)
}

async function requeue(stage: Stage, { n }: { n: number }): Promise<void> {
  const { ledger } = stage
  const { tasks } = await ask(stage, api => api.listTasks({ limit: 60 }))
  const finished = tasks.filter(it => it.finished_at !== null)
  const chosen = finished[n % finished.length]
  if (!chosen) return
  ledger.lost++
  const { task } = await ask(stage, api => api.requeueTask({ id: chosen.id }))
  ledger.lost--
  acknowledge(ledger, task)
}

async function kill(stage: Stage, { victim, n, downMs }: Action & { do: 'kill' }): Promise<void> {
  const { keeping, ledger, commands } = stage
  const kept = (name: Kept['name']) => keeping.all.filter(it => it.name === name)
  const one = <T>(list: T[]): T[] => (list.length === 0 ? [] : [list[n % list.length] as T])
  const killers: Record<Victim, () => number | Promise<number>> = {
    runner: () => (keeping.killRunner(n, downMs) ? 1 : 0),
    supervisor: () => kept('supervisor').filter(it => it.kill(downMs)).length,
    server: () => kept('server').filter(it => it.kill(downMs)).length,
    recorder: async () => killPrey(stage, one(await hunt(stage.site, 'recorder'))),
    task: async () => killPrey(stage, one(await hunt(stage.site, 'task'))),
    command: () => one([...commands]).filter(it => it.child.kill('SIGKILL')).length,
    everything: () => {
      const killed = keeping.all.filter(it => it.kill(downMs)).length
      const runners = findRunners(stage.site.project).filter(tryKill).length
      return killed + runners + killPrey(stage, findPrey(stage.site.project))
    },
  }
  const hit = await killers[victim]()
  if (hit > 0) ledger.kills[victim]++
  ledger.log(hit > 0 ? `killed ${victim}` : `no ${victim} to kill`)
}

const huntMs = 300

/**
 * Those of this role; or the first one that appears soon. Not a task that hangs: what it has started outlives it, as it
 * would under any shell, and hangs on.
 */
async function hunt(site: Site, role: Prey['role']): Promise<Prey[]> {
  const until = performance.now() + huntMs
  for (;;) {
    const found = findPrey(site.project).filter(
      it => it.role === role && !(role === 'task' && / hang /.test(it.command)),
    )
    if (found.length > 0 || performance.now() > until) return found
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

function killPrey({ ledger }: Stage, prey: Prey[]): number {
  let killed = 0
  for (const { pid, attempt, role } of prey) {
    // Noted first: from the signal on, what becomes of it has this reason.
    if (role === 'recorder') ledger.killedRecorders.add(attempt)
    if (role === 'task') ledger.killedTasks.add(attempt)
    if (tryKill(pid)) killed++
    ledger.log(`killed ${role} ${pid} of ${attempt}`)
  }
  return killed
}
