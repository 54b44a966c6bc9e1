import type { Project } from '../config.ts'
import { openCore } from '../connect.ts'
import type { Api } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import type { Supervision } from '../contract/supervision.ts'
import { and } from '../contract/words.ts'
import { listQueues } from './lanes.ts'
import { oneLine } from './text.ts'

/** On which lanes the server keeps runners: what it was told of all, and the lanes that say otherwise. */
export type Kept = { supervision: Supervision; queues: Queue[] }

/** undefined when no server keeps any. */
export async function readKept(api: Api, queues: Queue[]): Promise<Kept | undefined> {
  const { supervision } = await api.getSupervision()
  return supervision ? { supervision, queues } : undefined
}

export async function readKeptHere(project: Project): Promise<Kept | undefined> {
  const core = openCore(project, 'cli')
  try {
    return await readKept(core, await listQueues(core))
  } finally {
    core.close()
  }
}

/** `every active lane but docs and web`, `the lanes of api-v2, and auth`, `a, b and c`, `no lane`. */
export function keptText({ supervision: { all, sessions }, queues }: Kept): string {
  const named = (wanted: 'on' | 'off') =>
    and(queues.filter(it => it.runner_wanted === wanted).map(({ name }) => oneLine(name)))
  const off = named('off')
  if (all) return `every active lane${off ? ` but ${off}` : ''}`
  const whole = and(sessions.map(({ name }) => oneLine(name)))
  const parts = [whole && `the lanes of ${whole}`, named('on')].filter(part => part !== '')
  return parts.join(', and ') || 'no lane'
}

export const worksNothing = (kept: Kept): boolean => keptText(kept) === 'no lane'
