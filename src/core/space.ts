import path from 'node:path'
import { findShortage } from '../attempt-files/space.ts'
import type { Space } from '../contract/space.ts'
import type { Context } from './context.ts'

/** The disk that has too little room for a task to begin: that of the database, or of the output. */
export function shortage({ store, logs, config }: Context): Space | null {
  return findShortage([path.dirname(store.path), logs], config.limits.min_free_mb)
}
