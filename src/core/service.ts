import type { Output } from '../contract/api.ts'
import { queueStatuses } from '../contract/queues.ts'
import { taskStatuses } from '../contract/tasks.ts'
import type { Context } from './context.ts'

export function getStats({ store }: Context): Output<'getStats'> {
  const queues = store.queues.countByStatus()
  const tasks = store.queues.countTasks()
  const sessions = store.sessions.countByStatus()
  return {
    sessions: { active: sessions.active ?? 0, ended: sessions.ended ?? 0 },
    queues: withZeros(queueStatuses, queues),
    tasks: withZeros(taskStatuses, tasks),
    unreviewed: store.tasks.countUnreviewed(),
    questions: store.questions.countOpen(),
    runners: store.runners.list().length,
    notification: store.notifications.last() ?? null,
  }
}

function withZeros<T extends string>(words: readonly T[], counts: Record<string, number>): Record<T, number> {
  return Object.fromEntries(words.map(word => [word, counts[word] ?? 0])) as Record<T, number>
}
