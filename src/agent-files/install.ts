import fs from 'node:fs'
import path from 'node:path'
import type { AgentName } from '../contract/agents.ts'
import { conflict } from '../contract/errors.ts'
import type { Piece, Scope } from './pieces.ts'
import { type Placed, put, readIfThere, standingOf, take, writeWhole } from './place.ts'
import { type Installed, readInstalled, writeInstalled } from './record.ts'

/** What becomes of a file; undefined: it is not there. */
export type Change = { file: string; before: string | undefined; after: string | undefined }

/**
 * What is to be done to an assistant's files.
 * @property theirs what has our name there and is somebody else's: it stays
 * @property record what is known of it afterwards; undefined: nothing is ours any more
 */
export type FilePlan = { changes: Change[]; theirs: Piece[]; record: Installed | undefined; at: Target }

/** Whose files, and where it is written down what is ours in them. */
export type Target = { agent: AgentName; scope: Scope; recordFile: string }

/** Plans to put all pieces; what an earlier version has put is taken out first. Nothing is written. */
export function planInstall(at: Target, pieces: readonly Piece[]): FilePlan {
  const old = readInstalled(at.recordFile)[key(at)]
  const files = openFiles()
  const isStill = (placed: Placed): boolean => pieces.some(it => isSame(it, placed))
  const kept = (old?.placed ?? []).filter(
    it => isStill(it) && standingOf(files.get(it.file), it) === 'placed',
  )
  for (const placed of [...(old?.placed ?? [])].reverse())
    if (!kept.includes(placed)) takeOut(files, placed, old)
  const theirs: Piece[] = []
  const placed: Placed[] = pieces.flatMap(piece => {
    const known = kept.find(it => isSame(piece, it))
    if (known) return [known]
    const standing = explain(piece.file, () => standingOf(files.get(piece.file), piece))
    // The very same, and not by us: whoever wrote it keeps it.
    if (standing === 'placed') return []
    if (standing === 'theirs') {
      theirs.push(piece)
      return []
    }
    const done = explain(piece.file, () => put(files.get(piece.file), piece))
    files.set(piece.file, done.text)
    return [done.placed]
  })
  const changes = files.changes()
  const isMade = (file: string): boolean => changes.some(it => it.file === file && it.before === undefined)
  const made = [...new Set([...(old?.files ?? []), ...placed.map(it => it.file).filter(isMade)])]
  const record = placed.length === 0 ? undefined : { placed, files: made, folders: old?.folders ?? [] }
  return { changes, theirs, record, at }
}

/** Plans to take out what is ours, and no more. Without a record it goes by what would be put. */
export function planUninstall(at: Target, pieces: readonly Piece[]): FilePlan {
  const old = readInstalled(at.recordFile)[key(at)]
  const files = openFiles()
  const theirs: Piece[] = []
  for (const placed of [...(old?.placed ?? pieces)].reverse()) {
    const isDone = explain(placed.file, () => takeOut(files, placed, old))
    if (!isDone && old && explain(placed.file, () => standingOf(files.get(placed.file), placed)) === 'theirs')
      theirs.push(placed)
  }
  return { changes: files.changes(), theirs, record: undefined, at }
}

/** Does what is planned, and writes down what is then ours. */
export function carryOutFiles({ changes, record, at }: FilePlan): void {
  const all = readInstalled(at.recordFile)
  const old = all[key(at)]
  const folders = new Set(old?.folders ?? [])
  if (record) {
    const files = [at.recordFile, ...changes.map(it => it.file)]
    for (const folder of files.flatMap(missingFolders)) folders.add(folder)
    // Before the files: whatever happens then, it is known what may be ours.
    writeInstalled(at.recordFile, { ...all, [key(at)]: { ...record, folders: [...folders] } })
  }
  for (const { file, after } of changes) {
    if (after === undefined) fs.rmSync(file, { force: true })
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      writeWhole(file, after, at.scope === 'user' ? 0o600 : 0o644)
    }
  }
  if (record) return
  const { [key(at)]: _gone, ...rest } = all
  writeInstalled(at.recordFile, rest)
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) removeIfEmpty(folder)
}

/** Whether all that was put is still there. */
export function lookInstalled(at: Target): { file: string; standing: string }[] | undefined {
  const old = readInstalled(at.recordFile)[key(at)]
  return old?.placed.map(placed => {
    const standing = explain(placed.file, () => standingOf(readIfThere(placed.file), placed))
    return { file: placed.file, standing }
  })
}

const key = ({ agent, scope }: Target): `${AgentName} ${Scope}` => `${agent} ${scope}`

function takeOut(files: Files, placed: Placed, old: Installed | undefined): boolean {
  const text = files.get(placed.file)
  const left = text === undefined ? undefined : take(text, placed)
  if (left === undefined) return false
  // A file that was made for it goes with the last of it.
  const isEmpty = left === null || (old?.files.includes(placed.file) && /^\s*(\{\s*\})?\s*$/.test(left))
  files.set(placed.file, isEmpty ? undefined : (left as string))
  return true
}

type Files = ReturnType<typeof openFiles>

/** Files as they would be. */
function openFiles() {
  const before = new Map<string, string | undefined>()
  const now = new Map<string, string | undefined>()
  const get = (file: string): string | undefined => {
    if (!before.has(file)) {
      before.set(file, readIfThere(file))
      now.set(file, before.get(file))
    }
    return now.get(file)
  }
  return {
    get,
    set: (file: string, text: string | undefined): void => {
      get(file)
      now.set(file, text)
    },
    changes: (): Change[] =>
      [...now]
        .map(([file, after]) => ({ file, before: before.get(file), after }))
        .filter(it => it.before !== it.after),
  }
}

/** The same thing at the same place. */
function isSame(piece: Piece, { made, added, blank, ...placed }: Placed): boolean {
  return JSON.stringify(sorted(piece)) === JSON.stringify(sorted(placed))
}

const sorted = (it: object): unknown => Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))

/** @throws conflict where a file is not what its name says: it is not touched then */
function explain<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw conflict(`${file} stays as it is: ${error.message}.`, `edit ${file}`)
  }
}

function missingFolders(file: string): string[] {
  const folder = path.dirname(file)
  return fs.existsSync(folder) ? [] : [...missingFolders(folder), folder]
}

function removeIfEmpty(folder: string): void {
  if (fs.existsSync(folder) && fs.readdirSync(folder).length === 0) fs.rmdirSync(folder)
}
