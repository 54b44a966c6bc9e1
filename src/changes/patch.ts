/** `patch_bytes`: its full size. `cut`: not all of it is in `patch`. */
export type Patch = { patch: string; patch_bytes: number; cut: boolean }

/** How much of a patch is kept, in bytes. */
export const largestPatch = 1024 * 1024
/** How much of it is looked at for files that fit. */
const lookedAt = 16 * largestPatch

const nextFile = '\ndiff --git '

/**
 * Keeps of a patch that comes in pieces the files that fit: one that is too large is left out, the others stay whole, so
 * that what is kept can be applied. Of one that is alone too large its beginning stays.
 */
export function createPatch(limit = largestPatch, window = lookedAt) {
  const pieces: Buffer[] = []
  let seen = 0
  let total = 0
  return {
    take: (bytes: Buffer): void => {
      total += bytes.length
      if (seen < window) pieces.push(bytes.subarray(0, window - seen))
      seen = Math.min(window, seen + bytes.length)
    },
    end: (): Patch => {
      const bytes = Buffer.concat(pieces)
      if (total <= limit) return { patch: bytes.toString(), patch_bytes: total, cut: false }
      const files = splitFiles(bytes)
      // What the window ends in is not whole.
      if (total > bytes.length) files.pop()
      const patch = fitting(files, limit)
      const kept = patch.length > 0 ? patch : wholeLines(bytes.subarray(0, limit))
      return { patch: kept.toString(), patch_bytes: total, cut: true }
    },
  }
}

/** A line of a file's content is indented by its sign: only a header begins so. */
function splitFiles(bytes: Buffer): Buffer[] {
  const files: Buffer[] = []
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(nextFile, from)
    const until = at < 0 ? bytes.length : at + 1
    files.push(bytes.subarray(from, until))
    from = until
  }
  return files
}

function fitting(files: readonly Buffer[], limit: number): Buffer {
  let room = limit
  return Buffer.concat(
    files.filter(file => {
      if (file.length > room) return false
      room -= file.length
      return true
    }),
  )
}

const wholeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
