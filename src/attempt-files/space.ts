import fs from 'node:fs'
import path from 'node:path'
import type { Space } from '../contract/space.ts'

/** Fewer files than that are left to be made: the disk is as good as full. */
const fewestFiles = 100

const megabyte = 1024 * 1024

/**
 * The first of the folders whose disk has less than `neededMb` free, as far as this user may use it; null when none has.
 * 2 µs a folder. A disk that does not answer is not taken for a full one.
 */
export function findShortage(folders: readonly string[], neededMb: number): Space | null {
  for (const folder of folders) {
    const free = freeBytes(nearestFolder(folder))
    if (free !== undefined && free < neededMb * megabyte) return { folder, free, needed: neededMb * megabyte }
  }
  return null
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize, files, ffree } = fs.statfsSync(folder)
    // Some file systems do not count files, and say that they have none.
    return files > 0 && ffree < fewestFiles ? 0 : bavail * bsize
  } catch {
    return undefined
  }
}

/** The folder itself, or what it would be made in. */
export function nearestFolder(folder: string): string {
  let nearest = path.resolve(folder)
  while (!fs.existsSync(nearest) && nearest !== path.dirname(nearest)) nearest = path.dirname(nearest)
  return nearest
}
