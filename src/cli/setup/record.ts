import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Where setup writes down what it made, for teardown to leave all as it was; relative to the project. */
export const recordFile = 'sparkq/data/setup.json'

/**
 * What setup made beside what is SparkQ's anyway, by path in the project.
 *
 * @property files   scripts, with what was in them: one that was changed since is the person's
 * @property folders made by setup; they go where they are empty
 * @property exclude that `.git/info/exclude` was not there before, or its folder neither
 */
export type SetupRecord = {
  files: Record<string, string>
  folders: string[]
  exclude: 'file' | 'folder' | null
}

/** undefined where there is none that can be read. */
export function readRecord(folder: string): SetupRecord | undefined {
  try {
    const { files, folders, exclude } = JSON.parse(fs.readFileSync(path.join(folder, recordFile), 'utf8'))
    const isRecord = typeof files === 'object' && files !== null && Array.isArray(folders)
    return isRecord ? { files, folders: folders.map(String), exclude: exclude ?? null } : undefined
  } catch {
    return undefined
  }
}

export function writeRecord(folder: string, record: SetupRecord): void {
  fs.writeFileSync(path.join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
}

export const digest = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
