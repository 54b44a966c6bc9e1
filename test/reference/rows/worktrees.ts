import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { ensureTree } from '../../../src/changes/worktree.ts'
import { runGit } from '../../changes/support.ts'
import { writeFiles } from '../../support/folder.ts'
import { bad, good, type Place, type Row } from '../row.ts'

export const files = {}

/** The project in git, and a work tree of its lane with a file in it. */
const withTree = async ({ folder }: Place): Promise<void> => {
  if (!fs.existsSync(path.join(folder, '.git'))) {
    runGit(folder, 'init', '-q', '-b', 'main')
    runGit(folder, 'config', 'user.name', 'T')
    runGit(folder, 'config', 'user.email', 't@example.com')
    writeFiles(folder, { '.gitignore': '*.lock\n' })
    runGit(folder, 'add', '-A')
    runGit(folder, 'commit', '-q', '-m', 'First')
  }
  const tree = await ensureTree(folder, 'default', performance.now() + 20_000)
  writeFiles(tree.path, { 'made.txt': `${Math.random()}\n` })
}
const isGone = ({ folder }: Place) =>
  assert.equal(fs.existsSync(path.join(folder, 'sparkq/worktrees')), false)

export const rows: readonly Row[] = [
  good('worktree list', { err: /^No lane has a work tree of its own\.$/m }),
  bad(
    '<queue>',
    'worktree take default',
    3,
    /^The lane default has no work tree of its own/,
    /worktree list/,
  ),
  bad('<queue>', 'worktree drop nope', 3, /^There is no lane "nope"/, /worktree list/),
  good('worktree list', {
    before: withTree,
    out: /default +sparkq\/default +1 file not committed +sparkq\/worktrees\/default/,
    err: /sparkq worktree take default/,
  }),
  good('worktree list --json', {
    leaves: (_, said) => assert.deepEqual(JSON.parse(said.stdout).worktrees[0].files, ['made.txt']),
  }),
  bad('<queue>', 'worktree take', 2, /^"sparkq worktree take" needs a LANE/),
  good('worktree take default', {
    out: /^Merged sparkq\/default into main: 1 file not committed\.$/m,
    leaves: at => {
      isGone(at)
      assert.ok(fs.existsSync(path.join(at.folder, 'made.txt')))
    },
  }),
  good('worktree take default --json', {
    before: withTree,
    leaves: (_, said) => assert.equal(JSON.parse(said.stdout).taken.into, 'main'),
  }),
  bad('', 'worktree drop default', 2, /^default has 1 file not committed, and nowhere else\.$/, /--force/, {
    before: withTree,
  }),
  good('worktree drop default --force', {
    out: /^Dropped sparkq\/default, with 1 file not committed\.$/m,
    leaves: isGone,
  }),
  good('worktree drop default --force --json', {
    before: withTree,
    leaves: (_, said) => assert.equal(JSON.parse(said.stdout).dropped.slug, 'default'),
  }),
  bad('', 'worktree list extra', 2, /extra/),
  bad('', 'worktree take default more', 2, /more/),
]
