import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { compare, type Difference } from '../../src/changes/compare.ts'
import { type Snapshot, takeSnapshot } from '../../src/changes/snapshot.ts'
import { type Cleaner, tempFolder, writeFiles } from '../support/folder.ts'

export type Repository = {
  folder: string
  git(...args: string[]): string
  write(files: Record<string, string>): void
  commit(message: string): void
  snapshot(folder?: string): Promise<Snapshot>
  difference(before: Snapshot): Promise<Difference>
  /** All in `.git`, by path and content; what git itself renews when it looks is left out. */
  inside(): Record<string, string>
}

export const soon = () => performance.now() + 20_000

/** A git repository of the test's own, with one commit unless it is to be empty. */
export function openRepository(t: Cleaner, { empty = false, name = 'repo' } = {}): Repository {
  const base = tempFolder(t)
  const folder = path.join(base, name)
  fs.mkdirSync(folder)
  const store = path.join(base, 'store')
  const git = (...args: string[]): string => runGit(folder, ...args)
  git('init', '-q', '-b', 'main')
  const repository: Repository = {
    folder,
    git,
    write: files => writeFiles(folder, files),
    commit: message => {
      git('add', '-A')
      git('commit', '-q', '-m', message)
    },
    snapshot: async (at = folder) => {
      const { snapshot, warnings } = await takeSnapshot({ folder: at, store, deadline: soon() })
      if (!snapshot || warnings.length > 0) throw new Error(`no snapshot: ${warnings}`)
      return snapshot
    },
    difference: async before => {
      const { snapshot } = await takeSnapshot({ folder: before.top, store, deadline: soon() })
      return compare(before, snapshot as Snapshot, soon())
    },
    inside: () => contentOf(path.join(folder, '.git')),
  }
  if (!empty) {
    repository.write({ 'a.txt': 'one\ntwo\n' })
    repository.commit('First')
  }
  return repository
}

/** Git as a person would call it, whatever this machine's own settings are. */
export function runGit(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...plainGit },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export const plainGit = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
}

function contentOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file)
    found[name] = entry.isFile() ? fs.readFileSync(file, 'base64') : 'folder'
  }
  return found
}
