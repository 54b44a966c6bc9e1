import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paintPatch } from '../../src/cli/changes-text.ts'
import { begin, changed } from './arrange.ts'
import { site } from './run-cli.ts'

test('diff gives the patch as it is, and what is to be known of it on stderr', async t => {
  const at = await site(t)
  const attempt = await begin(at, { max_attempts: 2 })
  await attempt.finish(0, { changes: { ...changed, shared: true, cut: true, patch_bytes: 3_000_000 } })
  const { stdout, stderr, code } = await at.sparkq(['diff', 'DEFAULT-1'])
  assert.equal(stdout, changed.patch)
  assert.match(stderr, /^Shared: another task .*\nCut: the whole patch has 2\.9 MB; /)
  assert.equal(code, 0)
  const stat = await at.sparkq(['diff', 'DEFAULT-1', '--stat'])
  assert.match(stat.stdout, /^ {2}src\/login\.ts +\+2 +-1\n {2}logo\.png +no text\n {2}b{9} Log in anew\n/)
  assert.match(stat.stdout, /\n {2}2 files, \+2 -1, 1 commit · shared\n$/)
})

test('diff tells that nothing was changed from that nobody looked', async t => {
  const at = await site(t)
  const nothing = { ...changed, commits: [], files: [], patch: '', patch_bytes: 0 }
  await (await begin(at)).finish(0, { changes: nothing })
  const same = await at.sparkq(['diff', 'DEFAULT-1'])
  assert.deepEqual([same.stdout, same.stderr, same.code], ['', 'DEFAULT-1 changed nothing.\n', 0])
  const other = await begin(at)
  assert.equal((await at.sparkq(['diff', 'DEFAULT-2'])).code, 4)
  await other.finish(0)
  const unseen = await at.sparkq(['diff', 'DEFAULT-2'])
  assert.equal(unseen.code, 3)
  assert.match(unseen.stderr, /^What DEFAULT-2 changed was not kept/)
})

test('a patch on a terminal has colours, and nothing else that a terminal acts on', () => {
  const painted = paintPatch((style, text) => (style ? `<${style}>${text}` : text), changed.patch)
  assert.deepEqual(painted.split('\n').slice(0, 5), [
    '<bold>diff --git a/src/login.ts b/src/login.ts',
    '<bold>--- a/src/login.ts',
    '<bold>+++ b/src/login.ts',
    '<blue>@@ -1 +1,2 @@',
    '<red>-old',
  ])
  assert.equal(painted.split('\n')[6], '<green>+\tmore \\x1b[2J')
})
