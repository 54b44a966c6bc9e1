import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { getTree, listTrees, removeTree, saveTree, takeTree } from '../../src/changes/lane-trees.ts'
import { ensureTree } from '../../src/changes/worktree.ts'
import type { SparkqError } from '../../src/contract/errors.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { openRepository, runGit, soon } from './support.ts'

/** A repository with a lane's tree in it; git itself knows who its user is. */
async function openWithTree(t: Parameters<typeof openRepository>[0]) {
  const repository = openRepository(t)
  repository.git('config', 'user.name', 'T')
  repository.git('config', 'user.email', 't@example.com')
  const tree = await ensureTree(repository.folder, 'auth', soon())
  return { ...repository, tree }
}

const take = (root: string) => takeTree(root, 'auth', { message: 'Work of lane auth', deadline: soon() })

test('it is made on a branch of its own, and out of git’s sight', async t => {
  const { folder, tree, git } = await openWithTree(t)
  assert.deepEqual(tree, {
    path: path.join(folder, 'sparkq/worktrees/auth'),
    branch: 'sparkq/auth',
    folder: path.join(folder, 'sparkq/worktrees/auth'),
  })
  assert.equal(fs.readFileSync(path.join(tree.path, 'a.txt'), 'utf8'), 'one\ntwo\n')
  assert.equal(runGit(tree.path, 'branch', '--show-current'), 'sparkq/auth\n')
  assert.equal(git('status', '--porcelain'), '')
})

test('it is used again as it is', async t => {
  const { folder, tree } = await openWithTree(t)
  writeFiles(tree.path, { 'b.txt': 'b\n' })
  assert.deepEqual(await ensureTree(folder, 'auth', soon()), tree)
  assert.ok(fs.existsSync(path.join(tree.path, 'b.txt')))
})

test('somebody deleted its folder, or git’s memory of it, or its branch with it', async t => {
  const { folder, tree, git } = await openWithTree(t)
  writeFiles(tree.path, { 'b.txt': 'b\n' })
  runGit(tree.path, 'add', '-A')
  runGit(tree.path, 'commit', '-q', '-m', 'B')
  fs.rmSync(tree.path, { recursive: true })
  assert.deepEqual(await ensureTree(folder, 'auth', soon()), tree)
  assert.ok(fs.existsSync(path.join(tree.path, 'b.txt')), 'what was committed is there again')
  fs.rmSync(path.join(folder, 'sparkq'), { recursive: true })
  git('worktree', 'prune')
  await ensureTree(folder, 'auth', soon())
  fs.rmSync(tree.path, { recursive: true })
  git('worktree', 'prune')
  git('branch', '-D', 'sparkq/auth')
  await ensureTree(folder, 'auth', soon())
  assert.equal(fs.existsSync(path.join(tree.path, 'b.txt')), false)
})

test('a project in a folder of the repository works in that folder of the tree', async t => {
  const { folder, write, commit } = openRepository(t)
  write({ 'pkg/app/x.txt': 'x\n' })
  commit('App')
  const root = path.join(folder, 'pkg/app')
  const tree = await ensureTree(root, 'auth', soon())
  assert.equal(tree.path, path.join(root, 'sparkq/worktrees/auth'))
  assert.ok(fs.existsSync(path.join(tree.folder, 'x.txt')))
})

test('no git, no commit, a folder of somebody’s: each is said', async t => {
  const none = tempFolder(t)
  await assert.rejects(ensureTree(none, 'auth', soon()), /is in no git work tree/)
  const empty = openRepository(t, { empty: true })
  await assert.rejects(ensureTree(empty.folder, 'auth', soon()), /has no commit yet/)
  const taken = openRepository(t)
  writeFiles(taken.folder, { 'sparkq/worktrees/auth/mine.txt': 'm\n' })
  await assert.rejects(ensureTree(taken.folder, 'auth', soon()), /already exists/)
  assert.ok(fs.existsSync(path.join(taken.folder, 'sparkq/worktrees/auth/mine.txt')))
})

test('two lanes make theirs at once', async t => {
  const { folder } = openRepository(t)
  const slugs = ['a', 'b', 'c', 'd']
  await Promise.all(slugs.map(slug => ensureTree(folder, slug, soon())))
  assert.deepEqual(
    (await listTrees(folder, soon())).map(it => [it.slug, it.on, it.commits.length, it.files.length]),
    slugs.map(slug => [slug, `sparkq/${slug}`, 0, 0]),
  )
})

test('hooks of the user do not run when one is made or taken', async t => {
  const { folder, git } = openRepository(t)
  git('config', 'user.name', 'T')
  git('config', 'user.email', 't@example.com')
  const ran = path.join(folder, '..', 'ran')
  for (const hook of [
    'post-checkout',
    'pre-merge-commit',
    'post-merge',
    'pre-commit',
    'reference-transaction',
  ])
    writeFiles(folder, { [`.git/hooks/${hook}`]: `#!/bin/sh\necho ${hook} >> '${ran}'\n` })
  const tree = await ensureTree(folder, 'auth', soon())
  writeFiles(tree.path, { 'b.txt': 'b\n' })
  await take(folder)
  assert.equal(fs.existsSync(ran), false)
})

test('taken: commits and what was not committed are in the project, tree and branch are gone', async t => {
  const { folder, tree, git, write, commit } = await openWithTree(t)
  writeFiles(tree.path, { 'b.txt': 'b\n' })
  runGit(tree.path, 'add', '-A')
  runGit(tree.path, 'commit', '-q', '-m', 'B')
  writeFiles(tree.path, { 'c.txt': 'c\n', 'deep/d.txt': 'd\n' })
  write({ 'mine.txt': 'm\n' })
  commit('Mine')
  assert.deepEqual(await take(folder), { commits: 1, files: 2, into: 'main' })
  for (const name of ['b.txt', 'c.txt', 'deep/d.txt', 'mine.txt'])
    assert.ok(fs.existsSync(path.join(folder, name)), name)
  assert.equal(git('status', '--porcelain'), '')
  assert.equal(git('branch', '--format=%(refname:short)'), 'main\n')
  assert.equal(fs.existsSync(path.join(folder, 'sparkq/worktrees')), false)
  assert.match(git('log', '--format=%s'), /^Merge branch 'sparkq\/auth'\n/)
  assert.deepEqual(await listTrees(folder, soon()), [])
})

test('what would lose something is refused, and all is as it was', async t => {
  const { folder, tree, git, write, commit, inside } = await openWithTree(t)
  await assert.rejects(take(folder), /has nothing that is not here/)
  writeFiles(tree.path, { 'a.txt': 'theirs\n' })
  write({ 'a.txt': 'mine\n' })
  await assert.rejects(take(folder), (error: SparkqError) => {
    assert.match(error.message, /changes that are not committed: a.txt/)
    return error.code === 'conflict'
  })
  commit('Mine')
  const refs = () => [
    git('for-each-ref'),
    git('status', '--porcelain'),
    runGit(tree.path, 'status', '--porcelain'),
  ]
  const held = refs()
  await assert.rejects(take(folder), /conflicts in a.txt. Nothing was changed/)
  assert.deepEqual(refs(), held)
  assert.equal(fs.existsSync(path.join(folder, '.git/MERGE_HEAD')), false)
  assert.ok(!Object.keys(inside()).some(name => name.endsWith('.sparkq')))
  assert.equal(fs.readFileSync(path.join(tree.path, 'a.txt'), 'utf8'), 'theirs\n')
  runGit(tree.path, 'checkout', '-q', '-b', 'elsewhere')
  await assert.rejects(take(folder), /is on elsewhere and not on sparkq\/auth/)
})

test('a file that git does not know stands in the way', async t => {
  const { folder, tree, write, git } = await openWithTree(t)
  writeFiles(tree.path, { 'b.txt': 'theirs\n' })
  write({ 'b.txt': 'mine\n' })
  await assert.rejects(take(folder), /would be overwritten by merge|cannot be merged/)
  assert.equal(fs.readFileSync(path.join(folder, 'b.txt'), 'utf8'), 'mine\n')
  assert.match(git('status', '--porcelain'), /^\?\? b.txt$/m)
})

test('dropped, with or without its folder; saved onto its branch', async t => {
  const { folder, tree, git } = await openWithTree(t)
  writeFiles(tree.path, { 'b.txt': 'b\n' })
  const state = await getTree(folder, 'auth', soon())
  assert.deepEqual([state.files, state.commits], [['b.txt'], []])
  await saveTree(folder, state, soon())
  await removeTree(folder, state, { deadline: soon(), keepBranch: true })
  assert.equal(git('show', 'sparkq/auth:b.txt'), 'b\n')
  const left = await getTree(folder, 'auth', soon())
  assert.deepEqual([left.path, left.commits.length], [null, 1])
  await removeTree(folder, left, { deadline: soon() })
  await assert.rejects(getTree(folder, 'auth', soon()), /no work tree/)
})
