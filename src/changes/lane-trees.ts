import fs from 'node:fs'
import path from 'node:path'
import { conflict, notFound } from '../contract/errors.ts'
import { type GitCall, GitTrouble, git } from './git.ts'
import { findWorkTree, type WorkTree } from './work-tree.ts'
import { branchOf, treesFolder } from './worktree.ts'

/**
 * A lane's own work tree or what is left of it.
 *
 * @property path  null: its folder is gone, its branch is there
 * @property on    what is checked out in it: its branch, unless somebody changed that; null where detached
 * @property commits its own, that the project's tree does not have: newest first
 * @property files changed and not committed, as seen from its top
 */
export type LaneTreeState = {
  slug: string
  branch: string
  path: string | null
  on: string | null
  commits: { id: string; subject: string }[]
  files: string[]
}

type Home = { tree: WorkTree; folder: string; deadline: number }

/** All work trees of lanes, by name. None where the project is in no git repository. */
export async function listTrees(root: string, deadline: number): Promise<LaneTreeState[]> {
  const home = await findHome(root, deadline)
  if (!home) return []
  const call = callIn(home)
  const { stdout } = await git(['for-each-ref', '--format=%(refname)', `refs/heads/${branchOf('')}`], call)
  const branches = stdout.toString().split('\n').filter(Boolean)
  const slugs = branches.map(ref => ref.slice(`refs/heads/${branchOf('')}`.length))
  const states = slugs.map(slug => readTree(home, slug))
  return (await Promise.all(states)).sort((a, b) => a.slug.localeCompare(b.slug))
}

/** @throws not_found */
export async function getTree(root: string, slug: string, deadline: number): Promise<LaneTreeState> {
  const state = (await listTrees(root, deadline)).find(it => it.slug === slug)
  if (!state)
    throw notFound(`There is no work tree of a lane on a branch ${branchOf(slug)}.`, 'sparkq worktree list')
  return state
}

/**
 * Brings what a lane did into what is checked out in the project: committed or not, as a merge. The lane's tree and branch
 * are gone then. Where that cannot be, all stays as it was.
 * @param message of the commit that holds what was not committed
 * @throws conflict: the project's tree has changes of its own, the merge conflicts, there is nothing
 */
export async function takeTree(
  root: string,
  slug: string,
  { message, deadline }: { message: string; deadline: number },
): Promise<{ commits: number; files: number; into: string }> {
  const home = await homeOf(root, deadline)
  const state = await getTree(root, slug, deadline)
  if (state.commits.length + state.files.length === 0)
    throw conflict(`${state.branch} has nothing that is not here already.`, 'sparkq worktree list')
  requireBranch(state)
  await requireClean(home)
  const commit = await commitAll(home, state, message)
  await merge(home, state, commit)
  const into = await git(['symbolic-ref', '-q', '--short', 'HEAD'], { ...callIn(home), codes: [0, 1] })
  await removeTree(root, state, { deadline })
  const { commits, files } = state
  return { commits: commits.length, files: files.length, into: into.stdout.toString().trim() || 'HEAD' }
}

/** Removes a lane's work tree with what is in it; its branch as well, unless that is to be kept. */
export async function removeTree(
  root: string,
  { slug, branch, path: place }: Pick<LaneTreeState, 'slug' | 'branch' | 'path'>,
  { deadline, keepBranch = false }: { deadline: number; keepBranch?: boolean },
): Promise<void> {
  const home = await homeOf(root, deadline)
  const call = callIn(home)
  const known = place ?? path.join(home.folder, slug)
  // Twice: it may be locked.
  const remove = ['worktree', 'remove', '--force', '--force', known]
  await git(remove, place === null ? { ...call, codes: [0, 128] } : call)
  if (!keepBranch) await git(['branch', '-q', '-D', branch], call)
  removeFolderIfBare(home.folder)
}

/** Puts what was not committed onto the lane's branch, whoever that is said to be from. */
export async function saveTree(root: string, state: LaneTreeState, deadline: number): Promise<void> {
  const home = await homeOf(root, deadline)
  requireBranch(state)
  const person = { GIT_COMMITTER_NAME: 'SparkQ', GIT_COMMITTER_EMAIL: 'sparkq@localhost' }
  const author = { GIT_AUTHOR_NAME: 'SparkQ', GIT_AUTHOR_EMAIL: 'sparkq@localhost' }
  const commit = await commitAll(home, state, 'Kept by sparkq teardown', { ...person, ...author })
  await git(['update-ref', `refs/heads/${state.branch}`, commit], callIn(home))
}

async function readTree(home: Home, slug: string): Promise<LaneTreeState> {
  const branch = branchOf(slug)
  const place = path.join(home.folder, slug)
  const isThere = fs.existsSync(path.join(place, '.git'))
  const call = callIn(home)
  const range = (await hasHead(call)) ? [branch, '^HEAD'] : [branch]
  const log = await git(
    ['log', '-z', '--no-color', '--no-show-signature', '--format=%H %s', ...range, '--'],
    call,
  )
  const commits = words(log.stdout).map(readCommit)
  if (!isThere) return { slug, branch, path: null, on: branch, commits, files: [] }
  const inside = { ...call, cwd: place }
  const on = await git(['symbolic-ref', '-q', '--short', 'HEAD'], { ...inside, codes: [0, 1] })
  const status = await git(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all'], inside)
  const files = words(status.stdout).map(line => line.slice(3))
  return { slug, branch, path: place, on: on.stdout.toString().trim() || null, commits, files }
}

function readCommit(line: string): { id: string; subject: string } {
  const end = line.indexOf(' ')
  return { id: line.slice(0, end), subject: line.slice(end + 1).trim() }
}

/** What is done in a tree that is on another branch would not be taken. */
function requireBranch({ path: place, on, branch, files }: LaneTreeState): void {
  if (place === null || on === branch) return
  const what = on === null ? 'no branch' : on
  const lost = files.length > 0 ? ', with changes that are not committed' : ''
  throw conflict(
    `The lane's work tree is on ${what} and not on ${branch}${lost}.`,
    `git -C ${place} switch ${branch}`,
  )
}

async function requireClean(home: Home): Promise<void> {
  const args = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=no']
  const changed = words((await git(args, callIn(home))).stdout).map(line => line.slice(3))
  if (changed.length === 0) return
  const names = changed.slice(0, 3).join(', ')
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ''
  throw conflict(
    `The project's own tree has changes that are not committed: ${names}${more}.`,
    'git commit -a\ngit stash',
  )
}

/** The lane's work as one commit, of which no branch knows yet: the tree that it is in does not notice. */
async function commitAll(
  home: Home,
  { branch, path: place, files }: LaneTreeState,
  message: string,
  env: Record<string, string> = {},
): Promise<string> {
  const tip = words(
    (await git(['rev-parse', `refs/heads/${branch}`], callIn(home))).stdout,
    '\n',
  )[0] as string
  if (place === null || files.length === 0) return tip
  const tree = await findWorkTree(place, home.deadline)
  const index = `${tree?.index ?? ''}.sparkq`
  const call: GitCall = { cwd: place, deadline: home.deadline, env: { ...env, GIT_INDEX_FILE: index } }
  try {
    const unmerged = await git(['ls-files', '-u', '-z'], { ...call, env })
    if (unmerged.stdout.length > 0)
      throw conflict(`In ${place} a merge is not finished.`, `git -C ${place} status`)
    fs.copyFileSync(tree?.index as string, index)
    await git(['add', '--all', ':/'], call)
    const written = words((await git(['write-tree'], call)).stdout, '\n')[0] as string
    const made = await git(['commit-tree', written, '-p', tip, '-m', message], call)
    return words(made.stdout, '\n')[0] as string
  } finally {
    fs.rmSync(index, { force: true })
    fs.rmSync(`${index}.lock`, { force: true })
  }
}

async function merge(home: Home, { branch, slug }: LaneTreeState, commit: string): Promise<void> {
  const call = callIn(home)
  const settings = ['merge.autoStash=false', 'merge.log=false']
  const how = ['--ff', '--commit', '--no-squash', '--no-edit', '--no-verify', '--quiet']
  const args = ['merge', ...how, '-m', `Merge branch '${branch}'`, commit]
  try {
    await git(args, { ...call, settings })
  } catch (error) {
    if (!(error instanceof GitTrouble)) throw error
    const unmerged = await git(['diff', '--name-only', '--diff-filter=U', '-z'], call)
    const begun = await git(['rev-parse', '-q', '--verify', 'MERGE_HEAD'], { ...call, codes: [0, 1, 128] })
    if (begun.code === 0) await git(['merge', '--abort'], { ...call, deadline: performance.now() + 60_000 })
    const files = words(unmerged.stdout)
    const why = files.length > 0 ? `it conflicts in ${files.join(', ')}` : error.message
    throw conflict(
      `${branch} cannot be merged: ${why}. Nothing was changed.`,
      `git merge ${branch}\nsparkq worktree drop ${slug}`,
    )
  }
}

const words = (bytes: Buffer, end = '\0'): string[] => bytes.toString().split(end).filter(Boolean)

async function hasHead(call: GitCall): Promise<boolean> {
  const { code } = await git(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    ...call,
    codes: [0, 1, 128],
  })
  return code === 0
}

const callIn = ({ tree, deadline }: Home): GitCall => ({ cwd: tree.top, deadline })

async function homeOf(root: string, deadline: number): Promise<Home> {
  const home = await findHome(root, deadline)
  if (!home) throw notFound(`${root} is in no git work tree.`)
  return home
}

async function findHome(root: string, deadline: number): Promise<Home | null> {
  const tree = await findWorkTree(root, deadline)
  return tree && { tree, folder: treesFolder(fs.realpathSync(root)), deadline }
}

/** The folder of the trees goes with the last one. */
function removeFolderIfBare(folder: string): void {
  if (!fs.existsSync(folder)) return
  if (fs.readdirSync(folder).some(name => name !== '.gitignore')) return
  fs.rmSync(folder, { recursive: true })
}
