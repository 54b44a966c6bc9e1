import type { Event, EventName } from '../../src/contract/events.ts'

/** What is asked for, by the first word of its query key. */
export const topics = [
  'sessions',
  'queues',
  'queue',
  'tasks',
  'task',
  'attempts',
  'why',
  'latest',
  'review',
  'questions',
  'runners',
  'supervision',
  'tools',
  'classes',
  'prompts',
  'config',
  'space',
  'providers',
  'audit',
] as const
export type Topic = (typeof topics)[number]

const ofTask: Topic[] = [
  'queues',
  'queue',
  'tasks',
  'task',
  'attempts',
  'why',
  'latest',
  'review',
  'questions',
]
const ofLane: Topic[] = ['queues', 'queue', 'why', 'review', 'runners']

const byKind: Record<string, Topic[]> = {
  // Names of sessions are on lanes and tasks, too.
  session: ['sessions', 'queues', 'queue', 'tasks', 'task', 'review'],
  queue: [...ofLane, 'sessions'],
  task: ofTask,
  review: ['review'],
  question: ofTask,
  provider: ['providers', 'why'],
  runner: ['runners', 'why', 'queue'],
  supervision: ['supervision', 'queues', 'queue', 'runners'],
  prompt: ['prompts'],
  tool: ['tools', 'why'],
  task_class: ['classes', 'tools'],
  config: ['config', 'tools', 'classes', 'why', 'space'],
}

/** Where more is different than the kind of the event says. */
const byName: Partial<Record<EventName, Topic[]>> = {
  'queue.updated': [...ofLane, 'sessions', 'tasks', 'task'],
  'queue.deleted': [...ofLane, ...ofTask, 'sessions'],
  'session.deleted': [...ofLane, ...ofTask, 'sessions'],
  'queue.runner_wanted': [...ofLane, 'supervision'],
  'task.claimed': [...ofTask, 'runners'],
  'task.succeeded': [...ofTask, 'runners'],
  'task.failed': [...ofTask, 'runners'],
  'task.returned': [...ofTask, 'runners'],
  'project.restored': [...topics],
}

/** What an event may have changed. */
export const topicsOf = ({ event }: Pick<Event, 'event'>): readonly Topic[] => [
  ...(byName[event] ?? byKind[event.split('.')[0] as string] ?? []),
  'audit',
]

/** These are of one task: another's event is none of theirs. */
export const isOfOneTask = (topic: unknown): boolean => topic === 'task' || topic === 'attempts'
