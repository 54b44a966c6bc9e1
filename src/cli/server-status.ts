import type { Project } from '../config.ts'
import type { Provider } from '../contract/agents.ts'
import type { Api, Output } from '../contract/api.ts'
import { readPages } from '../contract/pages.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import type { Session } from '../contract/sessions.ts'
import type { Space } from '../contract/space.ts'
import { isComing, type Supervision } from '../contract/supervision.ts'
import { liveness } from '../processes/identity.ts'
import { findServer, type Holder } from '../server/lock.ts'
import { serverLockPath } from '../server/places.ts'
import { countRefusedToday } from '../server/refusals.ts'
import { listQueues } from './lanes.ts'

/** The project's server and, where it does not answer although its process lives, why. */
export type ServerStatus = Holder & { silent: string | null }

export type Status = {
  /** null: none runs; of a server elsewhere, only where it is. */
  server: ServerStatus | { address: string } | null
  refused_today: number
  /** A disk that has too little room for lanes to be worked. */
  space: Space | null
  /** On which lanes the server keeps runners; null: none does. */
  supervision: Supervision | null
  /** The last thing that the person was told, or was to be. */
  notification: Output<'getStats'>['notification']
  /** How many finished tasks need a decision. */
  unreviewed: number
  /** How many questions wait for an answer. */
  questions: number
  /** Those that take no work for now. */
  providers: Provider[]
  runners: Runner[]
  /** Lanes whose runner has died and is to be started again, and when. */
  restarts: { queue: { id: string; name: string }; deaths: number; restart_at: string }[]
  /** Active ones. */
  sessions: Session[]
  /** Those of active sessions that are neither ended nor archived. */
  queues: Queue[]
}

/**
 * How the whole project is, whether or not a server runs.
 * @param url the server elsewhere that `api` asks; undefined for the project here
 */
export async function readStatus(api: Api, project: Project, url: string | undefined): Promise<Status> {
  const { sessions } = await readPages('sessions', page => api.listSessions({ status: 'active', ...page }))
  const open = new Set(sessions.map(session => session.id))
  const queues = (await listQueues(api)).filter(it => it.status !== 'ended' && open.has(it.session.id))
  const runners = (await api.listRunners()).runners.filter(it => liveness(it.process) !== 'dead')
  const { supervision } = await api.getSupervision()
  const { space } = await api.getHealth()
  const { notification, unreviewed, questions } = await api.getStats()
  return {
    server: url === undefined ? await readServer(project) : { address: url },
    refused_today: url === undefined ? countRefusedToday(project) : 0,
    space,
    supervision,
    notification,
    unreviewed,
    questions,
    providers: (await api.listProviders()).providers.filter(it => it.status !== 'open'),
    runners,
    restarts: await findRestarts(
      api,
      queues.filter(({ id, status }) => status === 'active' && !runners.some(it => it.queue.id === id)),
    ),
    sessions: sessions.reverse(),
    queues,
  }
}

/** Of lanes without a runner: those whose last one died and is yet to come back. */
async function findRestarts(api: Api, queues: Queue[]): Promise<Status['restarts']> {
  const found: Status['restarts'] = []
  for (const { id, name } of queues) {
    const { events } = await api.listEvents({ queue_id: id, event: 'runner.died', limit: 1 })
    const { deaths, restart_at } = (events[0]?.data ?? {}) as { deaths?: number; restart_at?: string }
    if (deaths === undefined || !isComing(restart_at, Date.now())) continue
    found.push({ queue: { id, name }, deaths, restart_at })
  }
  return found
}

async function readServer(project: Project): Promise<ServerStatus | null> {
  const holder = findServer(serverLockPath(project))
  if (!holder) return null
  if (holder.address === null) return { ...holder, silent: 'It is about to start.' }
  // A client costs more to load than all the rest of a status takes.
  const { whySilent } = await import('../server/client.ts')
  return { ...holder, silent: (await whySilent(holder.address)) ?? null }
}
