import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { languageOf, tokensOf } from '../../web/parts/code.ts'
import { readPatch } from '../../web/parts/patch-lines.ts'
import { tempFolder } from '../support/folder.ts'

test('a patch of git is read as what was done', t => {
  const folder = tempFolder(t)
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      encoding: 'utf8',
    })
  const write = (name: string, content: string) => fs.writeFileSync(path.join(folder, name), content)
  git('init', '-q')
  write('list.sql', 'one\n-- old\ntwo\n')
  write('with blank.txt', 'a\n')
  write('gone.txt', 'x\ny\n')
  write('moved.txt', 'stays\nas\nit\nwas\n')
  write('run.sh', 'true\n')
  write('picture', '\0\x01\x02')
  git('add', '-A')
  git('commit', '-qm', 'first')
  write('list.sql', 'one\n++ new\ntwo')
  write('with blank.txt', 'b\n')
  write('ä"\t.txt', 'new\n')
  fs.rmSync(path.join(folder, 'gone.txt'))
  fs.renameSync(path.join(folder, 'moved.txt'), path.join(folder, 'there.txt'))
  fs.chmodSync(path.join(folder, 'run.sh'), 0o755)
  write('picture', '\0\x03')
  git('add', '-A')
  const files = readPatch(git('diff', '--cached', '-M'))
  const told = files.map(({ path, from, what, added, deleted }) => ({ path, from, what, added, deleted }))
  const none = { from: undefined, added: 0, deleted: 0 }
  assert.deepEqual(
    told.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    [
      { path: 'gone.txt', what: 'deleted', ...none, deleted: 2 },
      { path: 'list.sql', what: 'changed', ...none, added: 2, deleted: 2 },
      { path: 'picture', what: 'binary', ...none },
      { path: 'run.sh', what: 'mode changed', ...none },
      { path: 'there.txt', what: 'renamed', ...none, from: 'moved.txt' },
      { path: 'with blank.txt', what: 'changed', ...none, added: 1, deleted: 1 },
      { path: 'ä"\t.txt', what: 'added', ...none, added: 1 },
    ],
  )
  assert.deepEqual(files.find(it => it.path === 'list.sql')?.lines, [
    { kind: 'hunk', text: '@@ -1,3 +1,3 @@' },
    { kind: 'context', text: 'one', before: 1, after: 1 },
    { kind: 'deleted', text: '-- old', before: 2 },
    { kind: 'deleted', text: 'two', before: 3 },
    { kind: 'added', text: '++ new', after: 2 },
    { kind: 'added', text: 'two', after: 3 },
    { kind: 'note', text: '\\ No newline at end of file' },
  ])
})

test('code has the colours of its language, and prose has none', () => {
  const looks = (name: string, line: string) =>
    tokensOf(line, languageOf(name)).flatMap(({ text, look }) => (look === '' ? [] : [`${look}:${text}`]))
  assert.deepEqual(looks('a.ts', `const a = 'it' // 7`), ['word:const', `string:'it'`, 'comment:// 7'])
  assert.deepEqual(looks('a.py', 'return x[0] # or "y"'), ['word:return', 'number:0', 'comment:# or "y"'])
  assert.deepEqual(looks('a.ts', `'http://x' + 0xff`), [`string:'http://x'`, 'number:0xff'])
  assert.deepEqual(looks('README.md', `if it's 7`), [])
  const line = `f("\\"", 'x') /* y */ + 1e3`
  assert.equal(
    tokensOf(line, languageOf('a.ts'))
      .map(it => it.text)
      .join(''),
    line,
  )
})
