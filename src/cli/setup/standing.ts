import fs from 'node:fs'
import type { Project } from '../../config.ts'
import { readProjectAnyhow } from '../../config-anyhow.ts'
import { openCoreToLook } from '../../connect.ts'
import { listQueues } from '../lanes.ts'

/**
 * What stands in a folder already.
 *
 * @property project      as its file says; undefined where there is none
 * @property mistake      what is wrong with that file, which then stays, and counts as far as it can be read
 * @property has_database its file is there
 * @property queues       the names of those in it; undefined where that cannot be told before it is opened
 */
export type Standing = {
  project: Project | undefined
  mistake: string | undefined
  has_database: boolean
  queues: string[] | undefined
}

/** @throws what keeps the database from being looked at */
export async function lookAtFolder(folder: string): Promise<Standing> {
  const { project, mistake } = readProjectAnyhow(folder)
  const isThere = fs.existsSync(project.configFile)
  return { project: isThere ? project : undefined, mistake, ...(await lookAtQueues(project)) }
}

/** Whether a first session and queue are to be made: there is none, or not the one that was asked for. */
export function lacksLane({ queues, mistake, has_database }: Standing, asked: string | undefined): boolean {
  if ((mistake !== undefined && has_database) || queues === undefined) return false
  return asked === undefined ? queues.length === 0 : !queues.includes(asked)
}

async function lookAtQueues(project: Project): Promise<Pick<Standing, 'has_database' | 'queues'>> {
  if (!fs.existsSync(project.database)) return { has_database: false, queues: [] }
  const core = openCoreToLook(project)
  if (!core) return { has_database: true, queues: undefined }
  try {
    const queues = await listQueues(core, { archived: true })
    return { has_database: true, queues: queues.map(({ name }) => name) }
  } finally {
    core.close()
  }
}
