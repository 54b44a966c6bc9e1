import type { QueueCounts } from '../contract/queues.ts'
import { count } from './text.ts'

/** `12 tasks (3 queued, 1 running, 7 succeeded, 1 failed)`; what there is none of is not named. */
export function tasksText(counts: QueueCounts): string {
  const named = (['queued', 'running', 'succeeded', 'failed'] as const).filter(key => counts[key] > 0)
  const all = named.reduce((sum, key) => sum + counts[key], 0)
  const each = named.map(key => `${counts[key]} ${key}`).join(', ')
  return all === 0 ? 'no tasks' : `${count(all, 'task')} (${each})`
}

/** `sparkq-backup-my-project-20260301-120000`, by the time here. */
export function backupName(what: 'backup' | 'before-restore', project: string, at: Date): string {
  const slug = project
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '')
  const two = (number: number) => String(number).padStart(2, '0')
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`
  return ['sparkq', what, slug, `${date}-${time}`].filter(part => part !== '').join('-')
}
