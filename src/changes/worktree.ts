import fs from 'node:fs'
import path from 'node:path'
import { type GitCall, GitTrouble, git } from './git.ts'
import { findWorkTree, type WorkTree } from './work-tree.ts'

/** A lane's own work tree. `folder`: in it, what the project's folder is in the person's tree. */
export type LaneTree = { path: string; branch: string; folder: string }

/** Where the lanes' work trees of a project lie, and how the branch of one is called. */
export const treesFolder = (root: string): string => path.join(root, 'sparkq', 'worktrees')
export const branchOf = (slug: string): string => `sparkq/${slug}`

/** A lane's folder and branch are called as its tasks are: unique, and the same for ever. */
export const slugOf = (taskPrefix: string): string => taskPrefix.toLowerCase()

/**
 * The work tree of a lane: made from what is checked out where there is none, used again where there is, put back where
 * somebody deleted its folder.
 * @throws GitTrouble
 */
export async function ensureTree(root: string, slug: string, deadline: number): Promise<LaneTree> {
  const home = await findWorkTree(root, deadline)
  if (!home) throw new GitTrouble('failed', `${root} is in no git work tree`)
  const branch = branchOf(slug)
  const place = path.join(treesFolder(fs.realpathSync(root)), slug)
  if (!(await isOurs(place, home, deadline))) await make(place, branch, home, deadline)
  const folder = path.join(place, home.prefix)
  // The project may be in a folder that the branch does not have yet.
  fs.mkdirSync(folder, { recursive: true })
  return { path: place, branch, folder }
}

/** What is there may be a folder of somebody's, which then lies in the project's own tree. */
async function isOurs(place: string, home: WorkTree, deadline: number): Promise<boolean> {
  if (!fs.existsSync(path.join(place, '.git'))) return false
  const found = await findWorkTree(place, deadline)
  return found !== null && found.top === fs.realpathSync(place) && found.commonFolder === home.commonFolder
}

async function make(place: string, branch: string, home: WorkTree, deadline: number): Promise<void> {
  const call: GitCall = { cwd: home.top, deadline }
  hideFolder(path.dirname(place))
  await forgetDeleted(place, call)
  const known = await git(['show-ref', '--verify', '-q', `refs/heads/${branch}`], { ...call, codes: [0, 1] })
  const from = known.code === 0 ? [place, branch] : ['--no-track', '-b', branch, place, 'HEAD']
  if (known.code !== 0 && !(await hasCommit(call)))
    throw new GitTrouble('failed', `${home.top} has no commit yet that a work tree could begin from`)
  await git(['worktree', 'add', '-q', ...from], call)
}

async function hasCommit(call: GitCall): Promise<boolean> {
  const { code } = await git(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    ...call,
    codes: [0, 1, 128],
  })
  return code === 0
}

/** Git remembers a work tree whose folder is gone, and would not make another one there. */
async function forgetDeleted(place: string, call: GitCall): Promise<void> {
  if (fs.existsSync(place)) return
  const { stdout } = await git(['worktree', 'list', '--porcelain', '-z'], call)
  if (!stdout.toString().split('\0').includes(`worktree ${place}`)) return
  await git(['worktree', 'remove', '--force', '--force', place], call)
}

/** Git shows nothing that lies in there, whatever the project's own rules say. */
export function hideFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true })
  const file = path.join(folder, '.gitignore')
  if (!fs.existsSync(file)) fs.writeFileSync(file, '*\n')
}
