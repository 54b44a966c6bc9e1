import { createHash, type Hash } from 'node:crypto'
import fs from 'node:fs'
import type { Hole } from '../attempt-files/holes.ts'

export type Copied = { sha256: string; size: number; mtimeMs: number }

const chunkBytes = 1024 * 1024

/**
 * Copies a file as long as it is when this begins, with its time. A hole stays one: it takes no room in the copy, and
 * counts as the zeros that whoever reads the file gets. The copy is the user's alone.
 */
export function copyFile(from: string, to: string, hole: Hole | null = null): Copied {
  const source = fs.openSync(from, 'r')
  try {
    const { size, mtimeMs, atime, mtime } = fs.fstatSync(source)
    const target = fs.openSync(to, 'w', 0o600)
    try {
      const hash = createHash('sha256')
      eachChunk(source, size, hole, hash, (bytes, at) => writeWhole(target, bytes, at))
      fs.ftruncateSync(target, size)
      fs.futimesSync(target, atime, mtime)
      return { sha256: hash.digest('hex'), size, mtimeMs }
    } finally {
      fs.closeSync(target)
    }
  } finally {
    fs.closeSync(source)
  }
}

/** The checksum of a file, as `copyFile` tells that of a copy. */
export function hashFile(file: string): { sha256: string; size: number } {
  const fd = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const hash = createHash('sha256')
    eachChunk(fd, size, null, hash, () => {})
    return { sha256: hash.digest('hex'), size }
  } finally {
    fs.closeSync(fd)
  }
}

function eachChunk(
  fd: number,
  size: number,
  hole: Hole | null,
  hash: Hash,
  take: (bytes: Buffer, at: number) => void,
): void {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, size)))
  for (let at = 0; at < size; ) {
    if (hole && at >= hole.from && at < hole.to) {
      const end = Math.min(hole.to, size)
      hashZeros(hash, end - at)
      at = end
      continue
    }
    const end = hole && at < hole.from ? Math.min(hole.from, size) : size
    const read = fs.readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at)
    // Somebody has made it shorter: what is missing reads as zeros in the copy.
    if (read === 0) {
      hashZeros(hash, size - at)
      return
    }
    const bytes = buffer.subarray(0, read)
    hash.update(bytes)
    take(bytes, at)
    at += read
  }
}

const zeros = Buffer.alloc(chunkBytes)

function hashZeros(hash: Hash, count: number): void {
  for (let left = count; left > 0; left -= chunkBytes)
    hash.update(zeros.subarray(0, Math.min(left, chunkBytes)))
}

function writeWhole(fd: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done)
}
