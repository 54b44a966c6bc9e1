import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { findFiles } from './files.ts'
import { parseHeader, readHead, type ScriptHeader } from './header.ts'

/** A script with what its header says; `header.warnings` are about it alone. */
export type IndexedScript = { path: string; header: ScriptHeader }

/** `warnings`: about folders, and about files that are no scripts though they look like it, each with its path. */
export type Index = { scripts: IndexedScript[]; warnings: { path: string; text: string }[] }

export type ScriptIndex = {
  /** The scripts below these folders as they are now, by path. */
  read(root: string, dirs: readonly string[], usual: readonly string[]): Promise<Index>
}

/** More than anybody writes: a folder with more is not one of scripts. */
const mostFiles = 50_000

/** Files that are read before others get their turn. */
const batch = 200

const extension = /\.(sh|bash|py|rb|pl|js|ts)$/
const declarations = /\.d\.ts$/

/** `stamp`: what changes whenever the file does. */
type Known = { stamp: string; header: ScriptHeader | undefined; problem?: string }

/**
 * What is known of files is kept and read again when their size, times, mode or inode have changed: with 5,000 scripts a
 * second reading takes a third of the first (see `npm run bench -- --only scripts`), and a page that completes paths asks
 * at every key. It is not kept on disk: a first reading takes a tenth of a second.
 */
export function createScriptIndex(): ScriptIndex {
  let known = new Map<string, Known>()
  return {
    read: async (root, dirs, usual) => {
      const index: Index = { scripts: [], warnings: [] }
      const fresh = new Map<string, Known>()
      const roots = [...new Set(dirs.map(dir => path.resolve(root, dir)))]
      const allowed = [root, ...roots].flatMap(folder => real(folder) ?? [])
      const files = new Set<string>()
      for (const folder of roots) {
        const isUsual = usual.some(dir => path.resolve(root, dir) === folder)
        for (const file of await listFolder(folder, toShown(root, folder), isUsual, index)) files.add(file)
      }
      let left = mostFiles
      for (const file of [...files].sort()) {
        if (left-- % batch === 0) await breathe()
        if (left < 0) break
        const shown = toShown(root, file)
        const it = look(file, shown, allowed, known.get(file))
        if (!it) continue
        fresh.set(file, it)
        if (it.header) index.scripts.push({ path: shown, header: it.header })
        if (it.problem) index.warnings.push({ path: shown, text: `${shown}: ${it.problem}; it is left out.` })
      }
      if (left < 0)
        index.warnings.push({
          path: '.',
          text: `script_dirs: only the first ${mostFiles} files are looked at.`,
        })
      known = fresh
      return index
    },
  }
}

async function listFolder(
  folder: string,
  shown: string,
  isUsual: boolean,
  { warnings }: Index,
): Promise<string[]> {
  const warn = (problem: string) => warnings.push({ path: shown, text: `script_dirs: ${problem}.` })
  const stat = statOf(folder)
  if (typeof stat === 'string') {
    if (!(isUsual && stat === 'ENOENT')) warn(`the folder "${shown}" cannot be read (${stat})`)
    return []
  }
  if (!stat.isDirectory()) {
    warn(`"${shown}" is not a folder`)
    return []
  }
  const { files, remark } = await findFiles(folder)
  if (remark) warn(`"${shown}": ${remark}`)
  return files
}

/** What a file is: a script with its header, something with a problem, or (undefined) nothing to us. */
function look(file: string, shown: string, allowed: string[], known: Known | undefined): Known | undefined {
  const isNamed = extension.test(file) && !declarations.test(file)
  const problem = (text: string, stamp = '') =>
    isNamed ? { stamp, header: undefined, problem: text } : undefined
  let stat = statOf(file, fs.lstatSync)
  // Deleted, though git lists it still.
  if (stat === 'ENOENT') return undefined
  if (typeof stat !== 'string' && stat.isSymbolicLink()) {
    const target = statOf(file)
    if (typeof target === 'string') return problem(`it is a link that leads nowhere (${target})`)
    if (target.isDirectory()) return undefined
    // The index is served to others: a link must not let them read what lies elsewhere.
    if (!isInside(real(file), allowed)) return problem('it is a link that leads out of the project')
    stat = target
  }
  if (typeof stat === 'string') return problem(`it cannot be read (${stat})`)
  if (!stat.isFile()) return problem('it is not a file')
  if (!isNamed && (stat.mode & 0o111) === 0) return undefined
  const stamp = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.mode}`
  if (known?.stamp === stamp) return known
  return { stamp, ...readScript(file, shown, isNamed) }
}

function readScript(file: string, shown: string, isNamed: boolean): Pick<Known, 'header' | 'problem'> {
  try {
    const head = readHead(file)
    if (!isNamed && !head.startsWith('#!')) return { header: undefined }
    if (head.includes('\0')) return { header: undefined, ...(isNamed ? { problem: 'it is not a text' } : {}) }
    return { header: parseHeader(head, shown) }
  } catch (error) {
    return { header: undefined, problem: `it cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}

/** @returns the error's code where it cannot be told */
function statOf(file: string, stat: (file: string) => fs.Stats = fs.statSync): fs.Stats | string {
  try {
    return stat(file)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}

function real(file: string): string | undefined {
  try {
    return fs.realpathSync(file)
  } catch {
    return undefined
  }
}

const isInside = (file: string | undefined, folders: string[]): boolean =>
  file !== undefined && folders.some(folder => file === folder || file.startsWith(withSlash(folder)))

const withSlash = (folder: string): string => (folder.endsWith(path.sep) ? folder : folder + path.sep)

/** Relative to the project, as payloads name it; absolute outside. */
function toShown(root: string, file: string): string {
  const relative = path.relative(root, file)
  const isOut = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)
  return isOut ? file : relative || '.'
}
