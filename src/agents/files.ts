import fs from 'node:fs'

/** What is in a folder; nothing where there is none. */
export function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

/** Where a path leads; itself where there is nothing. */
export function realPath(file: string): string {
  try {
    return fs.realpathSync(file)
  } catch {
    return file
  }
}

/** The end of a file, at most so many bytes; empty where it cannot be read. */
export function readTail(file: string, most: number): string {
  let fd: number | undefined
  try {
    fd = fs.openSync(file, 'r')
    const { size } = fs.fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, most))
    const length = fs.readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8', 0, length)
  } catch {
    return ''
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}
