import path from 'node:path'
import { type GitCall, GitTrouble, git } from './git.ts'

/** A git work tree, seen from a folder in it. `prefix`: that folder as seen from the top; empty at the top. */
export type WorkTree = {
  top: string
  prefix: string
  gitFolder: string
  /** Shared by all linked work trees of one repository. */
  commonFolder: string
  objects: string
  index: string
}

/** The work tree that a folder lies in; null where there is none, or no git. @throws GitTrouble where git refuses it */
export async function findWorkTree(folder: string, deadline: number): Promise<WorkTree | null> {
  const asked = ['--show-toplevel', '--absolute-git-dir', '--git-common-dir', '--git-path', 'objects']
  const args = ['rev-parse', ...asked, '--git-path', 'index', '--show-prefix']
  try {
    const { stdout } = await git(args, { cwd: folder, deadline })
    const [top, gitFolder, common, objects, index, prefix] = stdout.toString().split('\n')
    if (!top || !gitFolder || !common || !objects || !index) return null
    return {
      top,
      gitFolder,
      commonFolder: path.resolve(folder, common),
      objects: path.resolve(folder, objects),
      index: path.resolve(folder, index),
      prefix: prefix ?? '',
    }
  } catch (error) {
    if (error instanceof GitTrouble && isNone(error)) return null
    throw error
  }
}

/** `.git` itself and a bare repository have no work tree. */
const isNone = ({ kind, message }: GitTrouble): boolean =>
  kind === 'missing' || /not a git repository|must be run in a work tree/i.test(message)

/** The commit that is checked out, with its tree and branch. All null before the first commit, `branch` where detached. */
export async function readHead(
  call: Pick<GitCall, 'cwd' | 'deadline'>,
): Promise<{ commit: string | null; tree: string | null; branch: string | null }> {
  const names = await git(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { ...call, codes: [0, 1, 128] })
  const on = await git(['symbolic-ref', '-q', '--short', 'HEAD'], { ...call, codes: [0, 1] })
  const branch = on.stdout.toString().trim() || null
  if (names.code !== 0) return { commit: null, tree: null, branch }
  const commit = names.stdout.toString().trim()
  const { stdout } = await git(['rev-parse', `${commit}^{tree}`], call)
  return { commit, tree: stdout.toString().trim(), branch }
}
