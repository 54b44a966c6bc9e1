import fs from 'node:fs'
import path from 'node:path'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { identify } from './identity.ts'
import { listProcesses } from './table.ts'

/**
 * The other processes of this user that have a file open and whose command line has a word in it; none where the system
 * does not tell (it does on Linux).
 */
export function findOpeners(file: string, word: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return []
  const real = realPath(file)
  return listProcesses()
    .filter(
      ({ pid, command }) => pid !== process.pid && command.split(' ').includes(word) && hasOpen(pid, real),
    )
    .flatMap(({ pid }) => identify(pid) ?? [])
}

function hasOpen(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    return fs.readdirSync(folder).some(fd => linkTarget(`${folder}/${fd}`) === file)
  } catch {
    return false
  }
}

function linkTarget(link: string): string | undefined {
  try {
    return fs.readlinkSync(link)
  } catch {
    return undefined
  }
}

function realPath(file: string): string {
  try {
    return path.join(fs.realpathSync(path.dirname(file)), path.basename(file))
  } catch {
    return file
  }
}
