import path from 'node:path'
import type { Connection } from '../../connect.ts'
import type { Api } from '../../contract/api.ts'
import { QueueSettings, type QueueStatus } from '../../contract/queues.ts'
import { settings } from '../../contract/settings.ts'
import type { Task, TaskStatus } from '../../contract/tasks.ts'
import type { Kind } from '../kinds.ts'
import { describeWork } from '../task-text.ts'
import { shorten } from '../text.ts'
import type { Candidate } from './expected.ts'

/** Where a word is completed: what it begins with, and whose things it may name. */
export type Place = { current: string; cwd: string; connect(): Promise<Connection | undefined> }

/** More than anybody reads from a list of completions; the newest are there. */
const most = 500

/** What there is of a kind. A kind that is not here has no names of its own: files, folders. */
export async function candidatesOf(kind: Kind, place: Place): Promise<Candidate[]> {
  if (kind === 'queue setting') return queueSettings()
  if (kind === 'setting') return settings.map(it => ({ value: it.name }))
  if (kind === 'file' || kind === 'folder' || kind === 'command') return []
  const connection = await place.connect()
  if (!connection) return []
  const { api } = connection
  if (typeof kind === 'object') {
    return 'task' in kind ? tasks(api, kind.task, place.current) : queues(api, kind.queue)
  }
  return finders[kind](api, { ...place, root: connection.project.root })
}

type Named = Exclude<Kind, object | 'queue setting' | 'setting' | 'file' | 'folder' | 'command'>

/** A kind that has names: one line here. */
const finders: Record<Named, (api: Api, place: Place & { root: string }) => Promise<Candidate[]>> = {
  session: async api => {
    const { sessions } = await api.listSessions({ limit: most })
    return sessions.map(({ name, status }) => ({ value: name, about: status }))
  },
  tool: async api =>
    (await api.listTools()).tools.map(it => ({ value: it.name, about: it.description ?? it.task_class })),
  class: async api =>
    (await api.listTaskClasses()).task_classes.map(it => ({ value: it.name, about: `${it.timeout} s` })),
  script: async (api, { root, cwd, current }) => {
    const { scripts } = await api.listScripts()
    return scripts.map(it => ({
      value: typedAs(current, path.resolve(root, it.path), cwd),
      about: it.description ?? '',
    }))
  },
  'script name': async api => {
    const { scripts } = await api.listScripts()
    const named = scripts.filter(it => it.name !== path.basename(it.path, path.extname(it.path)))
    return [
      ...scripts.map(it => ({ value: it.path, about: it.description ?? '' })),
      ...named.map(it => ({ value: it.name, about: it.path })),
    ]
  },
}

async function queues(api: Api, statuses: readonly QueueStatus[]): Promise<Candidate[]> {
  const { queues } = await api.listQueues({ archived: statuses.includes('archived'), limit: most })
  const fitting = queues.filter(it => statuses.includes(it.status))
  return fitting.map(it => ({ value: it.name, about: `${it.status}, ${it.counts.queued} queued` }))
}

/** The newest of each state; with what is typed as a filter, so that an old one is found as well. */
async function tasks(api: Api, statuses: readonly TaskStatus[], current: string): Promise<Candidate[]> {
  if (current.startsWith('tsk_')) return taskById(api, current)
  const q = /\d$/.test(current) ? { q: current } : {}
  const limit = Math.floor(most / statuses.length)
  const pages = await Promise.all(statuses.map(status => api.listTasks({ status, limit, ...q })))
  const found = pages.flatMap(it => it.tasks).sort((a, b) => b.created_at.localeCompare(a.created_at))
  return found.map(task => ({ value: task.friendly_id, about: aboutTask(task) }))
}

/** The beginning of an id: what it stands for, once it stands for one task alone. */
async function taskById(api: Api, id: string): Promise<Candidate[]> {
  const { task } = await api.getTask({ id })
  return [{ value: task.id, about: aboutTask(task) }]
}

const aboutTask = (task: Task): string => `${task.status} · ${shorten(describeWork(task), 50)}`

/** `on_failure=pause`; a setting with values of its own ends with the sign. */
function queueSettings(): Candidate[] {
  return Object.entries(QueueSettings.properties).flatMap(([key, schema]) => {
    const { enum: words, type } = schema as { enum?: readonly string[]; type?: string }
    const values = words ?? (type === 'boolean' ? ['true', 'false'] : [''])
    return values.map(value => ({ value: `${key}=${value}` }))
  })
}

/** A file in the way in which the person began to type it. */
function typedAs(current: string, file: string, cwd: string): string {
  if (path.isAbsolute(current)) return file
  const relative = path.relative(cwd, file)
  return current.startsWith('./') ? `./${relative}` : relative
}
