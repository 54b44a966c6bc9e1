import type { Api } from '../contract/api.ts'
import { listBegun } from '../contract/begun.ts'
import { readPages } from '../contract/pages.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import { timestamp } from '../contract/time.ts'
import { askToGo } from '../processes/ask-to-go.ts'
import { liveness } from '../processes/identity.ts'
import { listen } from '../runner/ears.ts'
import { type BackOff, restartDelay, usualBackOff } from './back-off.ts'
import type { Choose } from './choose.ts'
import type { LaneName, ProcessEnd, SupervisorReport } from './report.ts'
import type { RunnerProcess, StartRunner } from './runner-process.ts'

export type SupervisorOptions = {
  api: Api
  choose: Choose
  startRunner: StartRunner
  report: SupervisorReport
  backOff?: BackOff
}

export type Supervisor = {
  /** Has every runner go. Their tasks go on, for the next ones to take up. */
  stop(): Promise<void>
}

/** What is nobody's event (the runner of somebody else was killed) is seen within this long. */
const lookMs = 5000
/** A runner that ended in order, and is wanted all the same, is not started again sooner than this. */
const paceMs = 1000
/** The exit code of a runner whose lane is another one's. */
const laneIsHeld = 4

/** What is known of a lane. `holder`: the runner of somebody else that was last told of. */
type Lane = {
  child?: RunnerProcess | undefined
  startedAt: number
  deaths: number
  /** In ms by the monotonic clock. */
  notBefore: number
  timer?: NodeJS.Timeout
  holder?: { pid: number; isOrphan: boolean } | undefined
}

/**
 * Keeps one runner on each lane that is chosen and active, including lanes that come later; and on any other that has a
 * task which a runner began and nobody sees to. A runner that dies is started again, ever more slowly; one that ends
 * because it was asked to, or because its lane did, is not.
 */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  const { api, choose, report, startRunner, backOff = usualBackOff } = options
  const lanes = new Map<string, Lane>()
  let stopping = false

  const look = serially(async () => {
    if (stopping) return
    const choiceOf = await choose()
    const { runners } = await api.listRunners()
    const held = new Set(runners.filter(it => !it.lost).map(it => it.queue.id))
    const chosen: Queue[] = []
    for (const queue of [...(await list(api, 'active')), ...(await list(api, 'idle'))]) {
      const choice = choiceOf(queue)
      const isWorked = choice === 'work' && queue.status === 'active'
      const isLeft = choice !== 'leave' && !held.has(queue.id) && (await hasWorkLeft(api, queue))
      if (isWorked || isLeft) chosen.push(queue)
    }
    forget(new Set(chosen.map(queue => queue.id)))
    for (const queue of chosen) if (!stopping) tend(queue, runners)
  })
  const lookNow = (): void => {
    look().catch((error: Error) => report({ type: 'warning', message: error.message }))
  }

  /** A lane that is no longer chosen begins anew when it is chosen again. Its runner, if it has one, ends by itself. */
  const forget = (chosen: Set<string>): void => {
    for (const [id, lane] of lanes) {
      if (chosen.has(id) || lane.child) continue
      clearTimeout(lane.timer)
      lanes.delete(id)
    }
  }

  const tend = ({ id, name }: Queue, runners: Runner[]): void => {
    const lane = lanes.get(id) ?? { startedAt: 0, deaths: 0, notBefore: 0 }
    lanes.set(id, lane)
    if (lane.child) return
    const holder = runners.find(it => it.queue.id === id && !it.lost)
    const wait = lane.notBefore - performance.now()
    if (holder) yieldTo(lane, { id, name }, holder)
    else if (wait <= 0) start(lane, { id, name })
    else {
      clearTimeout(lane.timer)
      lane.timer = setTimeout(lookNow, wait)
    }
  }

  const yieldTo = (lane: Lane, name: LaneName, { process: holder, supervisor }: Runner): void => {
    // Its supervisor may have died since it was first seen.
    const isOrphan = supervisor !== null && liveness(supervisor) === 'dead' && liveness(holder) === 'alive'
    const isNews = lane.holder?.pid !== holder.pid || lane.holder.isOrphan !== isOrphan
    lane.holder = { pid: holder.pid, isOrphan }
    if (isNews && isOrphan) report({ type: 'runner_replaced', lane: name, pid: holder.pid })
    else if (isNews) report({ type: 'lane_held', lane: name, pid: holder.pid, hostname: holder.hostname })
    // A second time it does not wait for anything.
    if (isOrphan) askToGo(holder.pid)
  }

  const start = (lane: Lane, name: LaneName): void => {
    const child = startRunner(name, event => report({ type: 'runner', lane: name, event }))
    lane.child = child
    lane.holder = undefined
    lane.startedAt = performance.now()
    report({ type: 'runner_started', lane: name, pid: child.pid })
    void child.ended.then(end => {
      lane.child = undefined
      settle(lane, name, child.pid, end)
      lookNow()
    })
  }

  const settle = (lane: Lane, name: LaneName, pid: number, end: ProcessEnd): void => {
    const now = performance.now()
    if (stopping || end.code === 0 || end.code === laneIsHeld) {
      lane.deaths = 0
      lane.notBefore = lane.startedAt + paceMs
      report({ type: 'runner_ended', lane: name, pid })
      return
    }
    lane.deaths = now - lane.startedAt < backOff.stableMs ? lane.deaths + 1 : 1
    const delay = restartDelay(lane.deaths, backOff)
    lane.notBefore = now + delay
    const restart_at = timestamp(Date.now() + delay)
    report({ type: 'runner_died', lane: name, pid, end, deaths: lane.deaths, restart_at })
    api
      .noteRunnerDeath({
        id: name.id,
        exit_code: end.code,
        signal: end.signal,
        deaths: lane.deaths,
        restart_at,
      })
      .catch((error: Error) => report({ type: 'warning', message: error.message }))
  }

  const ears = listen(api, {
    onEvent: ({ event }) => {
      if (mayMatter(event)) lookNow()
    },
    onGap: lookNow,
    onTrouble: message => report({ type: 'warning', message }),
  })
  const regularly = setInterval(lookNow, lookMs)
  lookNow()

  return {
    stop: async () => {
      stopping = true
      clearInterval(regularly)
      for (const { timer, child } of lanes.values()) {
        clearTimeout(timer)
        child?.stop()
      }
      await Promise.all([ears.stop(), ...[...lanes.values()].map(lane => lane.child?.ended)])
      await look()
    },
  }
}

const mayMatter = (event: string): boolean =>
  /^(queue|session|supervision)\./.test(event) || event === 'runner.stopped'

async function list(api: Api, status: 'active' | 'idle'): Promise<Queue[]> {
  const { queues } = await readPages('queues', page => api.listQueues({ status, ...page }))
  return queues.reverse()
}

/** Whether a runner began something there that has not ended. Workers outside see to theirs. */
async function hasWorkLeft(api: Api, { id, counts }: Queue): Promise<boolean> {
  return counts.running > 0 && (await listBegun(api, { queue_id: id })).length > 0
}

/** One at a time; what is asked for meanwhile is done once more, afterwards. */
function serially(work: () => Promise<void>): () => Promise<void> {
  let going: Promise<void> | undefined
  let again = false
  return () => {
    if (going) again = true
    going ??= (async () => {
      try {
        do {
          again = false
          await work()
        } while (again)
      } finally {
        going = undefined
      }
    })()
    return going
  }
}
