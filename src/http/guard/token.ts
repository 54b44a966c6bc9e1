import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { unusable } from '../../contract/errors.ts'

/** The token in this file, made if there is none: 256 bits that the user alone can read. */
export function ensureToken(file: string): string {
  const present = repaired(file)
  if (present !== undefined) return present
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    fs.writeFileSync(fresh, `${randomBytes(32).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    place(fresh, file)
  } finally {
    fs.rmSync(fresh, { force: true })
  }
  const made = repaired(file)
  if (made === undefined) throw unusable(`${file} cannot be made.`)
  return made
}

/** undefined: there is none, or none that we can read. */
export function readToken(file: string): string | undefined {
  try {
    return tokenIn(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** In a time that does not depend on how much of it is right. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token))
}

const digest = (text: string) => createHash('sha256').update(text).digest()

// A link fails where the file is: of two processes that make one at the same time, both use the first's.
function place(fresh: string, file: string): void {
  try {
    if (fs.existsSync(file) && readToken(file) === undefined) fs.renameSync(fresh, file)
    else fs.linkSync(fresh, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function repaired(file: string): string | undefined {
  const handle = open(file)
  if (handle === undefined) return undefined
  try {
    const { mode, uid } = fs.fstatSync(handle)
    if (process.getuid && uid !== process.getuid() && process.getuid() !== 0) {
      throw unusable(`${file} belongs to another user, who may know the token.`, `rm ${file}`)
    }
    if ((mode & 0o077) !== 0) fs.fchmodSync(handle, 0o600)
    return tokenIn(fs.readFileSync(handle, 'utf8'))
  } finally {
    fs.closeSync(handle)
  }
}

function open(file: string): number | undefined {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw unusable(`${file}, which holds the token, cannot be read (${code}).`, `rm ${file}`, error)
  }
}

const tokenIn = (text: string): string | undefined => text.trim() || undefined
