import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { type Hole, readHoles } from '../attempt-files/holes.ts'
import { taskFolder } from '../attempt-files/paths.ts'
import { type Copied, copyFile, hashFile } from './copy-file.ts'

/** What was copied, by `<task id>/<file>`. */
export type CopiedOutput = Map<string, Copied>

/**
 * Copies the files of these tasks from `<logs>/tasks` into `to`, while runners and tasks may write them. What was copied
 * before and has not changed since is left as it is; what is not there (any more) is left out.
 *
 * The order keeps a file from saying more than the others have: the recorder's exit is written after the last byte, a mark
 * after the bytes that it is about, and a hole is recorded before it is made.
 */
export async function copyOutput(
  taskIds: readonly string[],
  {
    logs,
    to,
    copied,
    onTask,
  }: { logs: string; to: string; copied: CopiedOutput; onTask?: (done: number) => void },
): Promise<void> {
  for (const [i, id] of taskIds.entries()) {
    for (const name of filesOf(taskFolder(logs, id))) copyOne(logs, id, name, to, copied)
    onTask?.(i + 1)
    // Ctrl-C is heard, and progress shown.
    if (i % 20 === 0) await breathe()
  }
}

/** Takes out of a copy what belongs to none of these tasks: they went while it was made. */
export function keepOnly(taskIds: readonly string[], to: string, copied: CopiedOutput): void {
  const kept = new Set(taskIds)
  for (const name of copied.keys()) if (!kept.has(path.dirname(name))) copied.delete(name)
  if (!fs.existsSync(to)) return
  for (const id of fs.readdirSync(to)) {
    if (!kept.has(id)) fs.rmSync(path.join(to, id), { recursive: true, force: true })
  }
}

function copyOne(logs: string, id: string, name: string, to: string, copied: CopiedOutput): void {
  const from = path.join(taskFolder(logs, id), name)
  const key = `${id}/${name}`
  try {
    const known = copied.get(key)
    const { size, mtimeMs } = fs.statSync(from)
    if (known && known.size === size && known.mtimeMs === mtimeMs) return
    fs.mkdirSync(path.join(to, id), { recursive: true, mode: 0o700 })
    copied.set(key, copyFile(from, path.join(to, id, name), holeIn(taskFolder(logs, id), name)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Checksums of all that lies in a folder of output, by `<task id>/<file>`. */
export function hashOutput(folder: string): CopiedOutput {
  const found: CopiedOutput = new Map()
  for (const id of fs.readdirSync(folder)) {
    for (const name of filesOf(path.join(folder, id))) {
      const file = path.join(folder, id, name)
      found.set(`${id}/${name}`, { ...hashFile(file), mtimeMs: fs.statSync(file).mtimeMs })
    }
  }
  return found
}

/** What is left out of the middle of an output file, as recorded beside it. */
export function holeIn(folder: string, name: string): Hole | null {
  const [, attempt, kind] = /^(\d+)\.(out|err)$/.exec(name) ?? []
  if (attempt === undefined) return null
  const holes = readHoles({ cut: path.join(folder, `${attempt}.cut`) })
  return kind === 'out' ? holes.stdout : holes.stderr
}

const places = ['status', 'marks', '', 'out', 'err', 'cut']

/** In the order in which they are to be copied. Names that we do not give are not copied. */
function filesOf(folder: string): string[] {
  const place = (name: string): number => {
    const at = places.indexOf(path.extname(name).slice(1))
    return at === -1 ? places.indexOf('') : at
  }
  return namesIn(folder).sort((a, b) => place(a) - place(b))
}

function namesIn(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile() && /^\d+\.[\w.-]+$/.test(entry.name) && !entry.name.endsWith('.tmp'))
      .map(entry => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
