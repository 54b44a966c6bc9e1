import { ResourceNotFoundError } from '@modelcontextprotocol/server'
import type { Api } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { readPages } from '../contract/pages.ts'
import { paragraphs } from './next.ts'
import { outputText, readTail } from './output.ts'
import { laneText } from './work-text.ts'

/** The playbook of workers as it lies in the project; undefined where there is none. */
export type ReadPlaybook = () => Promise<string | undefined>

const playbook = {
  uri: 'sparkq://playbook',
  name: 'playbook',
  title: 'The playbook of workers',
  description: 'How to be a worker of SparkQ, from the first claim to the last error',
  mimeType: 'text/markdown',
}

export const templates = [
  {
    uriTemplate: 'sparkq://lane/{name}',
    name: 'lane',
    title: 'A lane',
    description: 'Its state, how many tasks it holds, and the instructions that hold for all of them',
    mimeType: 'text/markdown',
  },
  {
    uriTemplate: 'sparkq://task/{id}',
    name: 'task',
    title: 'A task',
    description: 'Everything about a task, by its id or friendly id',
    mimeType: 'application/json',
  },
  {
    uriTemplate: 'sparkq://task/{id}/output',
    name: 'output',
    title: 'The output of a task',
    description: 'The end of what its last attempt wrote',
    mimeType: 'text/plain',
  },
]

/** Of each stream; a client cuts what is far longer. */
const mostOutput = 30_000

/** What can be read now without naming it first: the playbook, and the lanes that are not over. */
export async function listResources(api: Api, readPlaybook: ReadPlaybook) {
  const [text, { queues }] = await Promise.all([
    readPlaybook(),
    readPages('queues', page => api.listQueues(page), 200),
  ])
  const lanes = queues
    .filter(({ status }) => status !== 'ended')
    .map(queue => ({
      uri: `sparkq://lane/${encodeURIComponent(queue.name)}`,
      name: queue.name,
      title: `Lane ${queue.name}`,
      description: laneText(queue),
      mimeType: 'text/markdown',
    }))
  return text === undefined ? lanes : [playbook, ...lanes]
}

/** @throws ResourceNotFoundError for what is not there */
export async function readResource(api: Api, readPlaybook: ReadPlaybook, uri: string) {
  const [, kind = '', name, part] =
    /^sparkq:\/\/(playbook|lane|task)(?:\/([^/]+))?(?:\/(output))?$/.exec(uri) ?? []
  const content = (mimeType: string, text: string) => [{ uri, mimeType, text }]
  try {
    if (kind === 'playbook' && name === undefined) {
      const text = await readPlaybook()
      if (text !== undefined) return content(playbook.mimeType, text)
      throw new ResourceNotFoundError(uri, 'There is no playbook in this project. sparkq setup writes it.')
    }
    if (kind === 'lane' && name !== undefined && part === undefined)
      return content('text/markdown', await laneDocument(api, decode(name)))
    if (kind === 'task' && name !== undefined) {
      const { task } = await api.getTask({ id: decode(name) })
      if (part === undefined) return content('application/json', JSON.stringify(task, null, 2))
      return content('text/plain', outputText(await readTail(api, task, mostOutput)))
    }
  } catch (error) {
    if (error instanceof SparkqError && ['not_found', 'invalid'].includes(error.code))
      throw new ResourceNotFoundError(uri, error.message)
    throw error
  }
  const known = [playbook.uri, ...templates.map(it => it.uriTemplate)].join(', ')
  throw new ResourceNotFoundError(uri, `There is no resource ${uri}. There are: ${known}.`)
}

async function laneDocument(api: Api, name: string): Promise<string> {
  const { queue } = await api.getQueue({ id: name })
  return paragraphs(
    `# Lane ${queue.name}`,
    `Session ${queue.session.name}; ${laneText(queue)}.`,
    queue.instructions ?? 'It has no instructions.',
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
