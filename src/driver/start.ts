import path from 'node:path'
import type { AttemptFiles } from '../attempt-files/paths.ts'

/** What starts the driver of an attempt, whose plan is on disk. It is loaded whole: a new build meanwhile is none of its. */
export function driverCommand({ folder }: AttemptFiles, attempt: number): string[] {
  const isBuilt = path.extname(import.meta.filename) === '.js'
  const entry = path.join(import.meta.dirname, isBuilt ? 'driver.js' : 'entry.ts')
  return [process.execPath, entry, folder, String(attempt)]
}
