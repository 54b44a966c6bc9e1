import type { Api } from '../contract/api.ts'
import { conflict, invalid } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { Lanes } from '../contract/supervision.ts'
import { askLine } from './ask.ts'
import type { OptionSpec } from './command.ts'
import { findQueue, listQueues, openingCommand } from './lanes.ts'
import { queueOption } from './options.ts'
import { printTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { oneLine } from './text.ts'

export const allOption = { type: 'flag', describe: 'work every active lane, later ones too' } as const
export const sessionOption = {
  type: 'list',
  value: 'NAME',
  describe: 'work every active lane of this session, later ones too; may be repeated',
} as const

/** Which lanes a server is to work. */
export const laneOptions = {
  all: allOption,
  session: sessionOption,
  queue: { ...queueOption, type: 'list', describe: 'work this lane; may be repeated' },
  interactive: { type: 'flag', short: 'i', describe: 'ask which lanes to work' },
} as const satisfies Record<string, OptionSpec>

type Given = { all: boolean; session: string[]; queue: string[]; interactive: boolean }

/**
 * The lanes that the options name, or that the person picks; checked, so that what is wrong is said before anything is
 * started. undefined when none were named.
 */
export async function readLanes(api: Api, terminal: Terminal, given: Given): Promise<Lanes | undefined> {
  const named = given.all || given.session.length > 0 || given.queue.length > 0
  if (given.interactive) {
    if (named) throw invalid('--interactive asks which lanes: leave the other options out.')
    return pickLanes(api, terminal)
  }
  if (!named) return undefined
  const sessions = await Promise.all(given.session.map(ref => activeSession(api, ref)))
  for (const ref of given.queue) requireOpen(await findQueue(api, ref))
  return { all: given.all, sessions, queues: given.queue }
}

/** @returns its id */
export async function activeSession(api: Api, ref: string): Promise<string> {
  const { session } = await api.getSession({ id: ref })
  if (session.status === 'active') return session.id
  throw conflict(`Session "${session.name}" is ended: it has no lane to work.`, 'sparkq session list')
}

function requireOpen(queue: Queue): void {
  const { name, status } = queue
  if (status === 'active' || status === 'idle') return
  throw conflict(
    `Queue "${name}" is ${status}: its tasks are not claimed.`,
    openingCommand(queue) ?? 'sparkq queue list',
  )
}

async function pickLanes(api: Api, terminal: Terminal): Promise<Lanes> {
  if (!terminal.isInteractive) {
    throw invalid('Nobody is there to say which lanes.', { hint: '--all, --session NAME or --queue NAME' })
  }
  const queues = (await listQueues(api)).filter(({ status }) => status === 'active' || status === 'idle')
  if (queues.length === 0) throw conflict('There is no lane to work.', 'sparkq queue create NAME')
  const rows = queues.map(({ name, session, counts, status }, i) => [
    String(i + 1),
    oneLine(name),
    oneLine(session.name),
    `${counts.queued} queued${status === 'idle' ? ', paused' : ''}`,
  ])
  printTable(terminal.err, [{ title: '' }, { title: 'queue' }, { title: 'session' }, { title: '' }], rows)
  const line = await askLine('Which lanes? Numbers, or "all" for these and later ones: ')
  const words = line.split(/[\s,]+/).filter(word => word !== '')
  if (words.length === 0) throw invalid('No lane was chosen.', { hint: '--all, or --queue NAME' })
  if (words.length === 1 && words[0] === 'all') return { all: true, sessions: [], queues: [] }
  return { all: false, sessions: [], queues: words.map(word => numbered(queues, word).id) }
}

function numbered(queues: Queue[], word: string): Queue {
  const queue = /^\d+$/.test(word) ? queues[Number(word) - 1] : undefined
  if (queue) return queue
  throw invalid(`"${word}" is no number from 1 to ${queues.length}.`)
}
