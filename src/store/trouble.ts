import path from 'node:path'
import { SparkqError, unusable } from '../contract/errors.ts'

/** How long a writer waits for another one. The event loop stands still meanwhile, so write transactions stay short. */
export const busyTimeoutMs = 5000

/**
 * SQLITE_IOERR_SHMSIZE: there is no room for the index of the write-ahead log, which is made by whoever is the first to
 * open the database. https://sqlite.org/rescode.html#ioerr_shmsize
 */
export const noRoomForIndex = 4874

/** What SQLite says beside its sentence. */
export const errcodeOf = (error: unknown): number | undefined =>
  (error as { errcode?: number } | null)?.errcode

/** Turns what SQLite and the file system say about a place we cannot work in into a sentence. */
export function guard<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explainPlace(file, error)
  }
}

/** What went wrong with the database as a SparkqError; anything else as it is. */
export function explain(file: string, error: unknown): unknown {
  if (error instanceof SparkqError || !(error instanceof Error)) return error
  const folder = path.dirname(file)
  const { code } = error as NodeJS.ErrnoException
  const errcode = errcodeOf(error)
  const noSpace = () =>
    new SparkqError('no_space', 'The disk is full: nothing was changed.', {
      hint: `df -h ${folder}\nsparkq purge`,
      cause: error,
    })
  if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === noRoomForIndex) return noSpace()
  // Extended codes carry the primary code in their low byte: https://sqlite.org/rescode.html
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case 5:
      return new SparkqError(
        'busy',
        `${file} has been locked by another process for ${busyTimeoutMs / 1000} s.`,
        { hint: `fuser -v ${file}`, cause: error },
      )
    case 8:
      return unusable(`${file} is read-only: nothing was changed.`, `ls -l ${file}\ndf -h ${folder}`, error)
    case 10:
      return unusable(`The disk failed under ${file}: ${error.message}.`, `df -h ${folder}`, error)
    case 13:
      return noSpace()
    case 14:
      return unusable(`${file} cannot be opened.`, `ls -ld ${folder}`, error)
    case 11:
    case 26:
      return unusable(`${file} is damaged, or not a SQLite database.`, undefined, error)
    default:
      return error
  }
}

const isPlace = (code: string | undefined): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST'].includes(code ?? '')

function explainPlace(file: string, error: unknown): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  const folder = path.dirname(file)
  if (isPlace(code)) return unusable(`${folder} cannot be written (${code}).`, `ls -ld ${folder}`, error)
  if (code === 'EISDIR') return unusable(`${file} cannot be opened: it is a folder.`, undefined, error)
  return explain(file, error)
}
