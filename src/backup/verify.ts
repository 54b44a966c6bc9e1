import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { SparkqError, unusable } from '../contract/errors.ts'
import { inspectCopy } from '../store/inspect.ts'
import { hashFile } from './copy-file.ts'
import { type Manifest, names, readManifest } from './format.ts'

export type Progress = (done: number, of: number) => void

/**
 * Reads all of a backup: every file is what its checksum says, and the database is sound.
 * @throws unusable with the first thing that is not
 */
export async function verifyBackup(folder: string, onProgress: Progress = () => {}): Promise<Manifest> {
  const manifest = readManifest(folder)
  const sums = readSums(folder)
  for (const needed of [names.manifest, names.database, names.config]) {
    if (!sums.has(needed)) throw damaged(folder, `${names.sums} does not list ${needed}`)
  }
  let done = 0
  for (const [name, sum] of sums) {
    verifyFile(folder, name, sum)
    onProgress(++done, sums.size)
    if (done % 100 === 0) await breathe()
  }
  verifyDatabase(folder)
  return manifest
}

/** The files of a backup with their checksums, by their path in it. */
export function readSums(folder: string): Map<string, string> {
  const file = path.join(folder, names.sums)
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw damaged(folder, `${names.sums} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const sums = new Map<string, string>()
  for (const line of text.split('\n').slice(0, -1)) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum === undefined || name === undefined || !isOurs(name))
      throw damaged(folder, `${names.sums} has a strange line`)
    sums.set(name, sum)
  }
  return sums
}

/** Nothing else is ever read or put in place: a list may have been written by anybody. */
const isOurs = (name: string): boolean =>
  [names.manifest, names.database, names.config].some(known => known === name) ||
  /^output\/[A-Za-z0-9_]+\/\d+\.[\w.-]+$/.test(name)

function verifyFile(folder: string, name: string, sum: string): void {
  const file = path.join(folder, name)
  try {
    if (hashFile(file).sha256 !== sum) throw damaged(folder, `${name} is not what was written`)
  } catch (error) {
    if (error instanceof SparkqError) throw error
    throw damaged(folder, `${name} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function verifyDatabase(folder: string): void {
  const db = inspectCopy(path.join(folder, names.database))
  try {
    const [first] = db.damage({ full: true })
    if (first !== undefined) throw damaged(folder, `its database has a fault: ${first}`)
    const [stray] = db.strayRows()
    if (stray) throw damaged(folder, `its database has rows in ${stray.table} that belong to nothing`)
  } finally {
    db.close()
  }
}

const damaged = (folder: string, what: string): SparkqError =>
  unusable(`The backup ${folder} is damaged: ${what}.`, 'ls -d sparkq-backup-*')
