import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { ensureTree } from '../../src/changes/worktree.ts'
import { runGit } from '../changes/support.ts'
import { writeFiles } from '../support/folder.ts'
import { begin } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

/** A project in git, whose lane "default" has a work tree with a commit and a file in it. */
async function siteWithTree(t: Parameters<typeof site>[0]): Promise<Site & { tree: string }> {
  const open = await site(t)
  const { folder } = open
  runGit(folder, 'init', '-q', '-b', 'main')
  runGit(folder, 'config', 'user.name', 'T')
  runGit(folder, 'config', 'user.email', 't@example.com')
  runGit(folder, 'add', '-A')
  runGit(folder, 'commit', '-q', '-m', 'First')
  const { path: tree } = await ensureTree(folder, 'default', performance.now() + 20_000)
  writeFiles(tree, { 'b.txt': 'b\n' })
  runGit(tree, 'add', '-A')
  runGit(tree, 'commit', '-q', '-m', 'Add b')
  writeFiles(tree, { 'c.txt': 'c\n' })
  return { ...open, tree }
}

test('the list says what each holds, and what to type', async t => {
  const { sparkq } = await siteWithTree(t)
  const { stdout, stderr } = await sparkq(['worktree', 'list'])
  assert.match(
    stdout,
    /default +sparkq\/default +1 commit and 1 file not committed +sparkq\/worktrees\/default/,
  )
  assert.match(stderr, /sparkq worktree take default/)
  const { worktrees } = JSON.parse((await sparkq(['worktree', 'list', '--json'])).stdout)
  assert.deepEqual(
    worktrees.map((it: { slug: string; files: string[]; queue: { name: string } }) => [
      it.slug,
      it.files,
      it.queue.name,
    ]),
    [['default', ['c.txt'], 'default']],
  )
})

test('none, and no git', async t => {
  const { sparkq } = await site(t)
  assert.equal((await sparkq(['worktree', 'list'])).stderr, 'No lane has a work tree of its own.\n')
  const { code, stderr } = await sparkq(['worktree', 'take', 'default'])
  assert.deepEqual(
    [code, stderr.split('\n')[0]],
    [3, 'The lane default has no work tree of its own (no branch sparkq/default).'],
  )
})

test('take merges it', async t => {
  const { sparkq, folder } = await siteWithTree(t)
  const { stdout, code } = await sparkq(['worktree', 'take', 'default'])
  assert.deepEqual(
    [stdout, code],
    ['Merged sparkq/default into main: 1 commit and 1 file not committed.\n', 0],
  )
  assert.ok(fs.existsSync(path.join(folder, 'b.txt')) && fs.existsSync(path.join(folder, 'c.txt')))
  assert.equal(runGit(folder, 'status', '--porcelain'), '')
})

test('take is refused while a task of the lane runs, and with changes here', async t => {
  const open = await siteWithTree(t)
  const { sparkq, folder } = open
  writeFiles(folder, { 'sparkq.yml': `${fs.readFileSync(path.join(folder, 'sparkq.yml'), 'utf8')}\n` })
  const dirty = await sparkq(['worktree', 'take', 'default'])
  assert.equal(dirty.code, 4)
  assert.match(dirty.stderr, /has changes that are not committed: sparkq.yml/)
  const running = await begin(open)
  const refused = await sparkq(['worktree', 'take', 'default'])
  assert.deepEqual([refused.code, refused.stderr.split('\n')[0]], [4, 'A task of default runs.'])
  await running.finish(0)
})

test('drop says what is lost, and asks', async t => {
  const { sparkq, tree } = await siteWithTree(t)
  const asked = await sparkq(['worktree', 'drop', 'default'])
  assert.equal(asked.code, 2)
  assert.match(asked.stderr, /[0-9a-f]{8} Add b\n {2}c.txt\ndefault has 1 commit and 1 file not committed/)
  assert.ok(fs.existsSync(tree))
  const { stdout, code } = await sparkq(['worktree', 'drop', 'default', '--force'])
  assert.deepEqual([stdout, code], ['Dropped sparkq/default, with 1 commit and 1 file not committed.\n', 0])
  assert.equal(fs.existsSync(tree), false)
})

test('the tree of a lane that was deleted goes by its branch', async t => {
  const { sparkq, core } = await siteWithTree(t)
  await core.deleteQueue({ id: 'default' })
  assert.match((await sparkq(['worktree', 'list'])).stdout, /default +sparkq\/default/)
  assert.equal((await sparkq(['worktree', 'drop', 'sparkq/default', '--force'])).code, 0)
})

test('teardown removes the tree; what was done in it stays on its branch', async t => {
  const { sparkq, folder, tree } = await siteWithTree(t)
  await ensureTree(folder, 'idle', performance.now() + 20_000)
  runGit(folder, 'branch', 'sparkq/mine')
  const asked = await sparkq(['teardown'])
  assert.equal(asked.code, 2)
  assert.match(
    asked.stderr,
    /^ {2}sparkq\/worktrees\/default \(its 1 commit and 1 file .* on the branch sparkq\/default\)$/m,
  )
  assert.match(asked.stderr, /^ {2}sparkq\/worktrees\/idle$/m)
  assert.ok(fs.existsSync(tree))
  const { code, stderr } = await sparkq(['teardown', '--force'])
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^The branch sparkq\/default stays/m)
  assert.equal(fs.existsSync(path.join(folder, 'sparkq')), false)
  assert.equal(runGit(folder, 'show', 'sparkq/default:c.txt'), 'c\n')
  assert.equal(runGit(folder, 'branch', '--format=%(refname:short)'), 'main\nsparkq/default\nsparkq/mine\n')
})
