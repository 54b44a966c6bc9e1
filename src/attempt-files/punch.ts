import { execFile } from 'node:child_process'
import type { Hole } from './holes.ts'

/** What holes begin and end at: the blocks of most file systems. */
export const blockBytes = 4096

/**
 * Gives the bytes of a hole back to the disk; the file's size and all offsets stay. Bytes of blocks that the hole does
 * not cover whole become zeros, but keep their room.
 * @throws with a reason in words where this cannot be done: no `fallocate` (util-linux), a file system without holes
 */
export function punch(file: string, { from, to }: Hole): Promise<void> {
  const args = ['--punch-hole', '--keep-size', '--offset', String(from), '--length', String(to - from), file]
  return new Promise((resolve, reject) => {
    execFile('fallocate', args, { env: { PATH: process.env.PATH, LC_ALL: 'C' } }, (error, _out, said) => {
      if (!error) return resolve()
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      reject(new Error(missing ? 'there is no program "fallocate"' : said.trim() || error.message))
    })
  })
}

/** Whether holes can be punched into the files beside this one. Nothing of it is changed. @throws as `punch` does */
export function tryPunch(file: string): Promise<void> {
  const farOut = 2 ** 30
  return punch(file, { from: farOut, to: farOut + blockBytes })
}
