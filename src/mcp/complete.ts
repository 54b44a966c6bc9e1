import type { Api } from '../contract/api.ts'
import { readPages } from '../contract/pages.ts'

/** The most that the protocol lets a completion answer. */
const most = 100

/** What a lane or a task may be called that begins with what was typed. */
export async function completeName(api: Api, argument: string, typed: string) {
  const names = await namesOf(api, argument)
  const fitting = names.filter(it => it.toLowerCase().startsWith(typed.toLowerCase()))
  return { values: fitting.slice(0, most), total: fitting.length, hasMore: fitting.length > most }
}

async function namesOf(api: Api, argument: string): Promise<string[]> {
  if (argument === 'id') {
    const { tasks } = await api.listTasks({ limit: 500 })
    return tasks.map(it => it.friendly_id)
  }
  if (argument !== 'lane' && argument !== 'name') return []
  const { queues } = await readPages('queues', page => api.listQueues(page))
  return queues.filter(it => it.status !== 'ended').map(it => it.name)
}
