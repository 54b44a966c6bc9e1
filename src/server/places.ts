import path from 'node:path'
import type { Project } from '../config.ts'

type Place = Pick<Project, 'configFile'>

/** The lock of a project's server lies beside `sparkq.yml`. */
export function serverLockPath({ configFile }: Place): string {
  return path.join(path.dirname(configFile), 'sparkq.lock')
}

/** What other machines need to come in. */
export function tokenPath({ configFile }: Place): string {
  return path.join(path.dirname(configFile), 'sparkq/data/token')
}

/** The server's lock, and what it is made as; for what ignores files. */
export const serverLockPattern = 'sparkq.lock*'
