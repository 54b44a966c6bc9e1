import fs from 'node:fs'
import path from 'node:path'
import { invalid, notFound, unusable } from '../contract/errors.ts'
import type { QueueCounts } from '../contract/queues.ts'

/**
 * A backup is a folder: `manifest.json`, `SHA256SUMS` (what `sha256sum -c` reads), `sparkq.db`, `sparkq.yml`, and the
 * output as `output/<task id>/<file>`. Its `.gitignore` keeps git from it wherever it lies.
 */
export const names = {
  manifest: 'manifest.json',
  sums: 'SHA256SUMS',
  database: 'sparkq.db',
  config: 'sparkq.yml',
  output: 'output',
} as const

const format = 1

export type Manifest = {
  format: typeof format
  /** The SparkQ that wrote it. */
  sparkq: string
  database_version: number
  created_at: string
  project: string
  /** The folder that it was made of. */
  folder: string
  tasks: QueueCounts
  /** Sequence of the newest event in it; 0: none. */
  last_event: number
  /** Whether the output of tasks is in it. */
  output: boolean
  files: number
  /** What they come to; holes in output are counted. */
  bytes: number
}

export const newManifest = (fields: Omit<Manifest, 'format'>): Manifest => ({ format, ...fields })

export function writeManifest(folder: string, manifest: Manifest): void {
  writeSynced(path.join(folder, names.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** @throws not_found or invalid for what is no backup, unusable for one that a newer SparkQ has written */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, names.manifest)
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (!fs.existsSync(folder)) throw notFound(`There is no folder ${folder}.`, 'ls -d sparkq-backup-*')
    const { code } = error as NodeJS.ErrnoException
    throw invalid(`${folder} is not a backup: ${names.manifest} cannot be read (${code}).`, {
      hint: 'ls -d sparkq-backup-*',
    })
  }
  const manifest = parse(text)
  if (!manifest) throw invalid(`${file} is not the manifest of a backup.`, { hint: 'ls -d sparkq-backup-*' })
  if (manifest.format !== format)
    throw unusable(
      `${folder} was written by a newer SparkQ (${manifest.sparkq}).`,
      'npm install -g sparkq@latest',
    )
  return manifest
}

export const isBackup = (folder: string): boolean => fs.existsSync(path.join(folder, names.manifest))

/** On disk when it returns. */
export function writeSynced(file: string, text: string): void {
  fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true })
}

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null
    const isOne =
      typeof value?.format === 'number' && typeof value.database_version === 'number' && value.tasks
    return isOne ? (value as Manifest) : undefined
  } catch {
    return undefined
  }
}
