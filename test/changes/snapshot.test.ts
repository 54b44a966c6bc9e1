import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { compare } from '../../src/changes/compare.ts'
import { GitTrouble } from '../../src/changes/git.ts'
import { largestFile, type Snapshot, takeSnapshot } from '../../src/changes/snapshot.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { openRepository, runGit, soon } from './support.ts'

test('what was changed, made and removed is in the patch, and it can be applied', async t => {
  const { write, snapshot, difference, commit, git, folder } = openRepository(t)
  write({ 'gone.txt': 'x\n', 'kept.txt': 'y\n' })
  commit('More')
  const before = await snapshot()
  assert.equal(before.dirty, false)
  assert.equal(before.branch, 'main')
  write({ 'a.txt': 'one\n2\n', 'new/file.txt': 'n\n', 'bin.dat': '\0\u0001binary' })
  fs.rmSync(path.join(folder, 'gone.txt'))
  const found = await difference(before)
  assert.deepEqual(
    found.files.sort((a, b) => a.path.localeCompare(b.path)),
    [
      { path: 'a.txt', added: 1, deleted: 1 },
      { path: 'bin.dat', added: null, deleted: null },
      { path: 'gone.txt', added: 0, deleted: 1 },
      { path: 'new/file.txt', added: 1, deleted: 0 },
    ],
  )
  assert.deepEqual([found.commits, found.cut, found.patch_bytes], [[], false, found.patch.length])
  const copy = path.join(tempFolder(t), 'copy')
  git('clone', '-q', folder, copy)
  fs.writeFileSync(path.join(copy, '../p.diff'), found.patch)
  runGit(copy, 'apply', '../p.diff')
  assert.equal(fs.readFileSync(path.join(copy, 'bin.dat'), 'utf8'), '\0\u0001binary')
  assert.equal(fs.existsSync(path.join(copy, 'gone.txt')), false)
})

test('nothing is left in .git, nor in the index', async t => {
  const { write, snapshot, difference, inside, git } = openRepository(t)
  git('config', 'core.splitIndex', 'true')
  git('update-index', '--split-index')
  write({ 'a.txt': 'changed\n', 'new.txt': 'n\n', staged: 's\n' })
  git('add', 'staged')
  const held = inside()
  await difference(await snapshot())
  assert.deepEqual(inside(), held)
  assert.match(git('status', '--porcelain'), /^A {2}staged$/m)
})

test('what was dirty before is no change of the task', async t => {
  const { write, snapshot, difference } = openRepository(t)
  write({ 'a.txt': 'mine\n', 'untracked.txt': 'mine\n' })
  const before = await snapshot()
  assert.equal(before.dirty, true)
  write({ 'b.txt': 'the task’s\n' })
  assert.deepEqual((await difference(before)).files, [{ path: 'b.txt', added: 1, deleted: 0 }])
})

test('commits are named, oldest first, and their content is in the patch', async t => {
  const { write, commit, snapshot, difference, git } = openRepository(t)
  const before = await snapshot()
  write({ 'b.txt': 'b\n' })
  commit('Add b\n\nWith a body')
  write({ 'c.txt': 'c\n' })
  commit('Add c "quoted"')
  write({ 'd.txt': 'd\n' })
  const found = await difference(before)
  assert.deepEqual(
    found.commits.map(it => it.subject),
    ['Add b', 'Add c "quoted"'],
  )
  assert.equal(found.commits[1]?.id, git('rev-parse', 'HEAD').trim())
  assert.deepEqual(
    found.files.map(it => it.path),
    ['b.txt', 'c.txt', 'd.txt'],
  )
})

test('before the first commit', async t => {
  const { write, commit, snapshot, difference } = openRepository(t, { empty: true })
  const nothing = await snapshot()
  assert.deepEqual([nothing.head, nothing.dirty, nothing.branch], [null, false, 'main'])
  write({ 'a.txt': 'a\n' })
  assert.equal((await snapshot()).dirty, true)
  commit('First')
  const found = await difference(nothing)
  assert.deepEqual(
    [found.commits.map(it => it.subject), found.files],
    [['First'], [{ path: 'a.txt', added: 1, deleted: 0 }]],
  )
})

test('a detached head has no branch; an amended commit is a commit', async t => {
  const { git, snapshot, difference } = openRepository(t)
  git('checkout', '-q', '--detach')
  const before = await snapshot()
  assert.equal(before.branch, null)
  git('commit', '-q', '--amend', '-m', 'Another name')
  assert.deepEqual(
    (await difference(before)).commits.map(it => it.subject),
    ['Another name'],
  )
})

test('no git work tree, no snapshot, no warning', async t => {
  const none = { snapshot: null, warnings: [] }
  const folder = tempFolder(t)
  const store = path.join(tempFolder(t), 'store')
  assert.deepEqual(await takeSnapshot({ folder, store, deadline: soon() }), none)
  const { folder: repo } = openRepository(t)
  const inGit = { folder: path.join(repo, '.git'), store, deadline: soon() }
  assert.deepEqual(await takeSnapshot(inGit), none)
})

test('no git on this machine', async t => {
  const { folder } = openRepository(t)
  const { PATH } = process.env
  process.env.PATH = '/nowhere'
  t.after(() => {
    process.env.PATH = PATH
  })
  const taken = await takeSnapshot({ folder, store: tempFolder(t), deadline: soon() })
  assert.equal(taken.snapshot, null)
})

test('a snapshot that takes too long ends', async t => {
  const { folder } = openRepository(t)
  const asked = { folder, store: tempFolder(t), deadline: performance.now() - 1 }
  await assert.rejects(takeSnapshot(asked), (error: GitTrouble) => error.kind === 'late')
})

test('names with quotes, line ends, tabs and other letters', async t => {
  const { write, snapshot, difference, folder } = openRepository(t)
  const names = ['say "hi".txt', 'two\nlines.txt', 'a\ttab.txt', 'naïve – 日本.txt', '-dash.txt', ' space ']
  const before = await snapshot()
  write(Object.fromEntries(names.map(name => [name, 'x\n'])))
  const found = await difference(before)
  assert.deepEqual(found.files.map(it => it.path).sort(), [...names].sort())
  // In a folder whose own name is hard to write down.
  assert.ok(fs.existsSync(folder))
  const odd = openRepository(t, { name: 'a:b "c" \\d' })
  const first = await odd.snapshot()
  odd.write({ 'n.txt': 'n\n' })
  odd.commit('N')
  assert.equal((await odd.difference(first)).files.length, 1)
})

test('a renamed file is named once, by its new name', async t => {
  const { write, commit, snapshot, difference, git } = openRepository(t)
  write({ 'old.txt': 'a line\n'.repeat(20) })
  commit('Old')
  const before = await snapshot()
  git('mv', 'old.txt', 'new.txt')
  write({ z: 'z\n' })
  const found = await difference(before)
  assert.deepEqual(found.files, [
    { path: 'new.txt', added: 0, deleted: 0 },
    { path: 'z', added: 1, deleted: 0 },
  ])
  assert.match(found.patch, /^rename from old.txt$/m)
})

test('what git ignores is not looked at', async t => {
  const { write, commit, snapshot, difference } = openRepository(t)
  write({ '.gitignore': 'build/\n' })
  commit('Ignore')
  const before = await snapshot()
  write({ 'build/out.bin': 'x' })
  assert.deepEqual((await difference(before)).files, [])
})

test('nothing of the user’s runs: hooks, monitors, filters, external diffs, text conversion', async t => {
  const { write, commit, snapshot, difference, git, folder } = openRepository(t)
  const ran = path.join(folder, '..', 'ran')
  const tell = path.join(folder, '..', 'tell.sh')
  writeFiles(path.dirname(tell), { 'tell.sh': `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n` })
  write({ '.gitattributes': '*.txt filter=tell diff=tell\n', 'b.txt': 'b\n' })
  commit('Attributes')
  for (const hook of ['post-index-change', 'post-checkout', 'pre-commit', 'reference-transaction'])
    fs.symlinkSync(tell, path.join(folder, '.git/hooks', hook))
  git('config', 'core.fsmonitor', tell)
  git('config', 'filter.tell.clean', tell)
  git('config', 'filter.tell.process', tell)
  git('config', 'filter.tell.required', 'true')
  git('config', 'diff.external', tell)
  git('config', 'diff.tell.command', tell)
  git('config', 'diff.tell.textconv', tell)
  git('config', 'core.pager', tell)
  const before = await snapshot()
  write({ 'a.txt': 'changed\n', 'b.txt': 'also\n' })
  const found = await difference(before)
  assert.equal(found.files.length, 2)
  assert.match(found.patch, /^\+changed$/m)
  assert.equal(fs.existsSync(ran), false, fs.existsSync(ran) ? fs.readFileSync(ran, 'utf8') : '')
})

test('how the user likes differences changes no patch', async t => {
  const { write, snapshot, difference, git } = openRepository(t)
  const before = await snapshot()
  write({ 'a.txt': 'one\nthree\n' })
  const plain = await difference(before)
  for (const [name, value] of [
    ['diff.noprefix', 'true'],
    ['diff.mnemonicPrefix', 'true'],
    ['color.ui', 'always'],
    ['diff.context', '0'],
    ['diff.wordRegex', '.'],
    ['log.showSignature', 'true'],
    ['diff.relative', 'true'],
  ] as const)
    git('config', name, value)
  assert.equal((await difference(before)).patch, plain.patch)
})

test('git’s variables of whoever started us lead nowhere else', async t => {
  const one = openRepository(t)
  const other = openRepository(t)
  const kept = { ...process.env }
  t.after(() => {
    process.env = kept
  })
  process.env.GIT_DIR = path.join(other.folder, '.git')
  process.env.GIT_INDEX_FILE = path.join(other.folder, 'strange')
  process.env.GIT_WORK_TREE = other.folder
  const { top } = await one.snapshot()
  assert.equal(top, one.folder)
  assert.equal(fs.existsSync(path.join(other.folder, 'strange')), false)
})

test('somebody else holds the lock of the index', async t => {
  const { folder, write, snapshot, difference } = openRepository(t)
  writeFiles(folder, { '.git/index.lock': '' })
  const before = await snapshot()
  write({ b: 'b\n' })
  assert.equal((await difference(before)).files.length, 1)
})

test('submodules by the commit they are at, repositories in it not at all', async t => {
  const inner = openRepository(t)
  const { git, snapshot, folder, commit } = openRepository(t)
  git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'sub')
  commit('Sub')
  const before = await snapshot()
  writeFiles(folder, { 'sub/inside.txt': 'i\n' })
  runGit(path.join(folder, 'sub'), 'add', '-A')
  runGit(path.join(folder, 'sub'), 'commit', '-q', '-m', 'Inside')
  fs.mkdirSync(path.join(folder, 'fresh'))
  runGit(path.join(folder, 'fresh'), 'init', '-q')
  writeFiles(folder, { 'b.txt': 'b\n' })
  const { snapshot: after } = await takeSnapshot({ folder, store: before.store, deadline: soon() })
  const found = await compare(before, after as Snapshot, soon())
  assert.deepEqual(
    found.files.map(it => it.path),
    ['b.txt', 'sub'],
  )
  assert.match(found.patch, /^\+Subproject commit/m)
})

test('a linked work tree, and a folder inside of one', async t => {
  const { git, folder, snapshot, difference, inside } = openRepository(t)
  const linked = path.join(folder, '..', 'linked')
  git('worktree', 'add', '-q', '-b', 'side', linked)
  writeFiles(linked, { 'deep/b.txt': 'b\n' })
  const held = inside()
  const before = await snapshot(path.join(linked, 'deep'))
  assert.deepEqual([before.top, before.branch, before.dirty], [linked, 'side', true])
  writeFiles(linked, { 'deep/c.txt': 'c\n' })
  assert.deepEqual(
    (await difference(before)).files.map(it => it.path),
    ['deep/c.txt'],
  )
  assert.deepEqual(inside(), held)
})

test('in the middle of a merge that conflicts', async t => {
  const { git, write, commit, snapshot, difference, folder } = openRepository(t)
  git('checkout', '-q', '-b', 'side')
  write({ 'a.txt': 'side\n' })
  commit('Side')
  git('checkout', '-q', 'main')
  write({ 'a.txt': 'main\n' })
  commit('Main')
  assert.throws(() => git('merge', 'side'))
  const before = await snapshot()
  fs.writeFileSync(path.join(folder, 'a.txt'), 'both\n')
  assert.equal((await difference(before)).files.length, 1)
  assert.match(git('status', '--porcelain'), /^UU a.txt$/m)
})

test('what cannot be read, and what is too large, is said to be missing', async t => {
  const { folder, write } = openRepository(t)
  const store = path.join(folder, '..', 'other-store')
  write({ 'large.bin': '', 'b.txt': 'b\n' })
  fs.truncateSync(path.join(folder, 'large.bin'), largestFile + 1)
  const { snapshot, warnings } = await takeSnapshot({ folder, store, deadline: soon() })
  assert.ok(snapshot)
  assert.deepEqual(warnings, ['"large.bin" is larger than 32 MiB: whether it changed is not known.'])
  const listed = runGit(folder, 'status', '--porcelain')
  assert.match(listed, /large.bin/)
})

test('a repository that is broken is trouble and not silence', async t => {
  const { folder } = openRepository(t)
  fs.writeFileSync(path.join(folder, '.git/config'), '[core\n')
  await assert.rejects(
    takeSnapshot({ folder, store: tempFolder(t), deadline: soon() }),
    (error: Error) => error instanceof GitTrouble && error.kind === 'failed',
  )
})
