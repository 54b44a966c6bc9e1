import type { Project } from '../config.ts'
import type { Api } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import type { Session } from '../contract/sessions.ts'
import { liveness } from '../processes/identity.ts'
import { findServer, type Holder } from '../server/lock.ts'
import { serverLockPath } from '../server/places.ts'
import { countRefusedToday } from '../server/refusals.ts'
import { listQueues } from './lanes.ts'
import { readPages } from './pages.ts'

/** The project's server and, where it does not answer although its process lives, why. */
export type ServerStatus = Holder & { silent: string | null }

export type Status = {
  /** null: none runs; of a server elsewhere, only where it is. */
  server: ServerStatus | { address: string } | null
  refused_today: number
  runners: Runner[]
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
  const { runners } = await api.listRunners()
  return {
    server: url === undefined ? await readServer(project) : { address: url },
    refused_today: url === undefined ? countRefusedToday(project) : 0,
    runners: runners.filter(runner => liveness(runner.process) !== 'dead'),
    sessions: sessions.reverse(),
    queues,
  }
}

async function readServer(project: Project): Promise<ServerStatus | null> {
  const holder = findServer(serverLockPath(project))
  if (!holder) return null
  if (holder.address === null) return { ...holder, silent: 'It is about to start.' }
  // A client costs more to load than all the rest of a status takes.
  const { whySilent } = await import('../server/client.ts')
  return { ...holder, silent: (await whySilent(holder.address)) ?? null }
}
