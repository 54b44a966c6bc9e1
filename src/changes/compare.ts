import { type GitCall, git } from './git.ts'
import { createPatch, type Patch } from './patch.ts'
import { type Snapshot, storeEnvironment } from './snapshot.ts'
import { findWorkTree } from './work-tree.ts'

/** `added`, `deleted`: lines; null for what is not text. */
export type ChangedFile = { path: string; added: number | null; deleted: number | null }
export type MadeCommit = { id: string; subject: string }

/** What lies between two snapshots of one work tree. */
export type Difference = Patch & { commits: MadeCommit[]; files: ChangedFile[]; warnings: string[] }

const most = { commits: 100, files: 1000 }

/**
 * What happened between two snapshots: the patch from one tree to the other, be it committed or not, and the commits
 * that were not there before.
 * @throws GitTrouble
 */
export async function compare(before: Snapshot, after: Snapshot, deadline: number): Promise<Difference> {
  const place = await findWorkTree(after.top, deadline)
  const env = place ? storeEnvironment(place.objects, after.store) : {}
  const call: GitCall = { cwd: after.top, deadline, env }
  const warnings: string[] = []
  const commits = await listCommits(before, after, call)
  if (commits.length > most.commits) {
    commits.length = most.commits
    warnings.push(`More than ${most.commits} commits were made; the newest ${most.commits} are kept.`)
  }
  if (before.tree === after.tree)
    return { commits: commits.reverse(), files: [], patch: '', patch_bytes: 0, cut: false, warnings }
  const files = await listFiles(before, after, call)
  if (files.length > most.files) {
    warnings.push(`${files.length} files changed; the first ${most.files} are listed.`)
    files.length = most.files
  }
  const patch = createPatch()
  await git([...diff, '-p', '--binary', '--full-index', before.tree, after.tree], {
    ...call,
    onData: patch.take,
  })
  return { commits: commits.reverse(), files, ...patch.end(), warnings }
}

/** Whatever the user has set for how differences are shown: this is for `git apply`. */
const diff = [
  ...['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv', '--no-color', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--diff-algorithm=default', '--submodule=short', '-O/dev/null'],
]

/** Newest first. */
async function listCommits(before: Snapshot, after: Snapshot, call: GitCall): Promise<MadeCommit[]> {
  if (after.head === null || after.head === before.head) return []
  const range = before.head === null ? [after.head] : [after.head, `^${before.head}`]
  const args = ['log', '-z', '--no-show-signature', '--no-color', '--format=%H %s']
  const { stdout } = await git([...args, '-n', String(most.commits + 1), ...range, '--'], call)
  return stdout
    .toString()
    .split('\0')
    .filter(Boolean)
    .map(line => ({
      id: line.slice(0, line.indexOf(' ')),
      subject: line.slice(line.indexOf(' ') + 1).trim(),
    }))
}

/** `-z`: `added TAB deleted TAB path`, or, renamed, `added TAB deleted TAB`, the old path and the new one. */
async function listFiles(before: Snapshot, after: Snapshot, call: GitCall): Promise<ChangedFile[]> {
  const { stdout } = await git([...diff, '--numstat', '-z', before.tree, after.tree], call)
  const words = stdout.toString().split('\0')
  const files: ChangedFile[] = []
  for (let i = 0; i < words.length; i++) {
    const [, added, deleted, name] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(words[i] as string) ?? []
    if (added === undefined || deleted === undefined) continue
    const path = name === '' ? (words[i + 2] ?? '') : (name as string)
    if (name === '') i += 2
    files.push({ path, added: lines(added), deleted: lines(deleted) })
  }
  return files
}

const lines = (text: string): number | null => (text === '-' ? null : Number(text))
