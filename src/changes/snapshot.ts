import fs from 'node:fs'
import path from 'node:path'
import { type GitCall, git } from './git.ts'
import { findWorkTree, readHead, type WorkTree } from './work-tree.ts'

/**
 * What a git work tree was like at a moment.
 *
 * @property head  the commit that is checked out; null before the first one
 * @property tree  a tree object of all that lies in it, but for what git ignores. It is in `store`, not in `.git`
 * @property store a folder of ours with the objects that the repository does not have
 */
export type Snapshot = {
  top: string
  branch: string | null
  head: string | null
  dirty: boolean
  tree: string
  store: string
}

/** What may be taken: where, which folder keeps its objects, until when (`performance.now()`). */
export type Asked = { folder: string; store: string; deadline: number }

/** A snapshot, or null where there is no git work tree; `warnings` name what is not in it. */
export type Taken = { snapshot: Snapshot | null; warnings: string[] }

/** A file beyond this is data, not work: it would be copied into the store. */
export const largestFile = 32 * 1024 * 1024

const indexFile = 'index'

/**
 * Takes a snapshot and leaves nothing in `.git`: on a copy of the index, with a folder for objects of our own. The index
 * is copied because it knows which files have not changed; one that is locked meanwhile can be copied as well.
 * @throws GitTrouble
 */
export async function takeSnapshot({ folder, store, deadline }: Asked): Promise<Taken> {
  const tree = await findWorkTree(folder, deadline)
  if (!tree) return { snapshot: null, warnings: [] }
  fs.mkdirSync(store, { recursive: true, mode: 0o700 })
  const index = path.join(store, indexFile)
  copyIndex(tree, index)
  const call: GitCall = {
    cwd: tree.top,
    deadline,
    env: { ...storeEnvironment(tree.objects, store), GIT_INDEX_FILE: index },
    settings: await withoutFilters(tree, deadline),
  }
  try {
    const head = await readHead(call)
    const large = await findLarge(call)
    const complaint = await addAll(call, large)
    const written = (await git(['write-tree'], call)).stdout.toString().trim()
    const dirty = head.tree === null ? !isEmptyTree(written) : written !== head.tree
    const { commit, branch } = head
    return {
      snapshot: { top: tree.top, branch, head: commit, dirty, tree: written, store },
      warnings: [...large.map(largeWarning), ...complaint],
    }
  } finally {
    fs.rmSync(index, { force: true })
    fs.rmSync(`${index}.lock`, { force: true })
  }
}

function copyIndex({ index }: WorkTree, to: string): void {
  fs.rmSync(to, { force: true })
  try {
    // Its time counts: git looks again at what is as young as the index.
    const { atime, mtime } = fs.statSync(index)
    fs.copyFileSync(index, to)
    fs.utimesSync(to, atime, mtime)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Where objects are written, and read from as well. A path is quoted, as the list is one of several. */
export function storeEnvironment(objects: string, store: string): Record<string, string> {
  const quoted = `"${objects.replace(/["\\]/g, '\\$&')}"`
  return { GIT_OBJECT_DIRECTORY: store, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted, GIT_LITERAL_PATHSPECS: '0' }
}

/** A filter is a program of the user's, and may write where it likes (git-lfs: into `.git`). */
async function withoutFilters({ top }: WorkTree, deadline: number): Promise<string[]> {
  const args = ['config', '--name-only', '-z', '--get-regexp', '^filter\\.']
  const { stdout } = await git(args, { cwd: top, deadline, codes: [0, 1] })
  const names = stdout
    .toString()
    .split('\0')
    .flatMap(name => /^filter\.(.+)\.[^.]+$/s.exec(name)?.[1] ?? [])
  const isSafe = (name: string): boolean => !/[=\n]/.test(name)
  return [...new Set(names)]
    .filter(isSafe)
    .flatMap(name => [`filter.${name}.clean=`, `filter.${name}.process=`, `filter.${name}.required=false`])
}

async function findLarge(call: GitCall): Promise<string[]> {
  const { stdout } = await git(['ls-files', '-z', '--modified', '--others', '--exclude-standard'], call)
  const names = new Set(stdout.toString().split('\0').filter(Boolean))
  return [...names].filter(name => sizeOf(path.join(call.cwd, name)) > largestFile)
}

function sizeOf(file: string): number {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false })
  return stat?.isFile() ? stat.size : 0
}

const largeWarning = (name: string): string =>
  `${JSON.stringify(name)} is larger than ${largestFile / 1024 / 1024} MiB: whether it changed is not known.`

/** What cannot be read is left out. @returns what there is to say of that */
async function addAll(call: GitCall, large: readonly string[]): Promise<string[]> {
  const without = large.map(name => `:(top,exclude,literal)${name}`)
  const args = ['add', '--all', '--ignore-errors', '--', ':/', ...without]
  const { code, stderr } = await git(args, { ...call, codes: [0, 1] })
  if (code === 0) return []
  return [`Not all in the work tree could be looked at (${stderr.trim().split('\n')[0]}).`]
}

/** Of SHA-1 and SHA-256. */
const isEmptyTree = (tree: string): boolean =>
  tree === '4b825dc642cb6eb9a060e54bf8d69288fbee4904' ||
  tree === '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
