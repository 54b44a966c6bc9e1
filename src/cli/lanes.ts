import type { Api } from '../contract/api.ts'
import { conflict, invalid, notFound, SparkqError } from '../contract/errors.ts'
import { readPages } from '../contract/pages.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import { shellQueue } from '../contract/shell-word.ts'

export { openingCommand, whyClosed } from '../contract/queue-text.ts'

/** All queues, the oldest first; archived ones only when asked for. */
export async function listQueues(api: Api, more: { archived?: boolean } = {}): Promise<Queue[]> {
  const { queues } = await readPages('queues', page => api.listQueues({ ...more, ...page }))
  return queues.reverse()
}

/** All queues of a session, archived ones too. */
export async function queuesOfSession(api: Api, session_id: string): Promise<Queue[]> {
  const { queues } = await readPages('queues', page =>
    api.listQueues({ session_id, archived: true, ...page }),
  )
  return queues
}

export async function findQueue(api: Api, ref: string): Promise<Queue> {
  return (await api.getQueue({ id: ref })).queue
}

/** The queue of this name or id; undefined when there is none. */
export function findQueueIfAny(api: Api, ref: string): Promise<Queue | undefined> {
  return ifAny(findQueue(api, ref))
}

/** What was looked for, or undefined when it does not exist. */
export async function ifAny<T>(search: Promise<T>): Promise<T | undefined> {
  try {
    return await search
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return undefined
    throw error
  }
}

/** The runner that holds a lane; a dead one's row holds nothing. */
export async function findRunner(api: Api, queueId: string): Promise<Runner | undefined> {
  const { runners } = await api.listRunners()
  return runners.find(({ queue, lost }) => queue.id === queueId && !lost)
}

/** How a lane that has no runner gets one: from the server, where that keeps runners. */
export async function workCommand(api: Api, { name }: Queue): Promise<string> {
  const { supervision } = await api.getSupervision()
  return `sparkq ${supervision ? 'start' : 'runner'} ${shellQueue(name)}`
}

/** The queue that an option or an argument names, not both; undefined when none does. */
export function readQueueName(given: (string | undefined)[]): string | undefined {
  const names = given.filter(name => name !== undefined)
  if (names.length > 1 && names[0] !== names[1]) throw invalid(`Which queue: "${names[0]}" or "${names[1]}"?`)
  return names[0]
}

/** The same; required. */
export async function requireQueueName(api: Api, given: (string | undefined)[]): Promise<string> {
  const name = readQueueName(given)
  if (name !== undefined) return name
  throw await missingQueue(api)
}

/** Which queue? An error that names them. */
export async function missingQueue(api: Api): Promise<SparkqError> {
  const open = (await listQueues(api)).filter(({ status }) => status !== 'ended')
  if (open.length === 0) return noQueue()
  return invalid('Which queue?', { hint: `-q NAME, one of: ${open.map(it => it.name).join(', ')}` })
}

export const noQueue = () => notFound('There is no queue yet.', 'sparkq queue create NAME')

/** The only active session: what a new queue belongs to when nobody says otherwise. */
export async function onlySession(api: Api): Promise<string> {
  const { sessions } = await readPages('sessions', page => api.listSessions({ status: 'active', ...page }))
  const [session, other] = sessions
  if (session === undefined)
    throw conflict('There is no active session for it.', 'sparkq session create NAME')
  if (other === undefined) return session.id
  throw invalid('Which session?', {
    hint: `--session NAME, one of: ${sessions.map(it => it.name).join(', ')}`,
  })
}
