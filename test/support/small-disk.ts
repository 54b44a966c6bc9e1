import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { makeTempFolder } from './folder.ts'

export type SmallDisk = {
  folder: string
  /** Bytes that are free. */
  free(): number
  /** Writes until nothing more fits but about `leave` bytes; again as often as one likes. */
  fill(leave?: number): void
  /** Takes away what `fill` wrote. */
  makeRoom(): void
  readOnly(yes: boolean): void
}

/**
 * A file system of the test's own, in memory: small enough to be filled. It goes when the test ends. Only root may mount
 * one: the test is skipped without, and there is undefined; under CI it fails.
 */
export function smallDisk(t: TestContext, megabytes: number): SmallDisk | undefined {
  const folder = makeTempFolder(os.tmpdir())
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'sparkq-test', folder], {
      stdio: 'pipe',
    })
  } catch (error) {
    fs.rmdirSync(folder)
    const sentence = `No small file system can be mounted here (${(error as Error).message.trim()}).`
    if (process.env.CI === 'true') throw new Error(`${sentence} In CI it has to be possible.`)
    t.skip(sentence)
    return undefined
  }
  // Hooks run in the order in which they were registered: what is open on it now is closed by later ones.
  t.after(() => {
    execFileSync('umount', ['-l', folder])
    fs.rmdirSync(folder)
  })
  const filler = path.join(folder, 'filler')
  const free = (): number => {
    const { bavail, bsize } = fs.statfsSync(folder)
    return bavail * bsize
  }
  return {
    folder,
    free,
    fill: (leave = 0) => {
      const fd = fs.openSync(filler, 'a')
      try {
        while (free() > leave) fs.writeSync(fd, Buffer.alloc(Math.min(65_536, free() - leave), 'f'))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        fs.closeSync(fd)
      }
    },
    makeRoom: () => fs.rmSync(filler, { force: true }),
    readOnly: yes => {
      execFileSync('mount', ['-o', `remount,${yes ? 'ro' : 'rw'}`, folder])
    },
  }
}
