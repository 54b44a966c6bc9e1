import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPatch } from '../../src/changes/patch.ts'

const file = (name: string, lines: number) =>
  `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -0,0 +1,${lines} @@\n${'+diff --git\n'.repeat(lines)}`

/** The patch as it is kept, whatever pieces it comes in. */
function keep(text: string, limit: number, { pieces = 7, window = 1e6 } = {}) {
  const patch = createPatch(limit, window)
  for (let i = 0; i < text.length; i += pieces) patch.take(Buffer.from(text.slice(i, i + pieces)))
  return patch.end()
}

test('what fits is kept as it is', () => {
  const text = file('a', 3) + file('b', 3)
  for (const pieces of [1, 7, 10_000])
    assert.deepEqual(keep(text, text.length, { pieces }), {
      patch: text,
      patch_bytes: text.length,
      cut: false,
    })
})

test('a file that is too large is left out, the others stay whole', () => {
  const [a, large, c] = [file('a', 3), file('large', 500), file('c', 3)]
  const found = keep(a + large + c, 1000)
  assert.deepEqual(found, { patch: a + c, patch_bytes: (a + large + c).length, cut: true })
})

test('of a file that is alone too large its first lines stay', () => {
  const large = file('large', 500)
  const { patch, cut } = keep(large, 1000)
  assert.ok(cut && large.startsWith(patch) && patch.endsWith('\n') && patch.length > 900)
})

test('a file that is not whole in what was looked at is left out', () => {
  const [a, large] = [file('a', 3), file('b', 500)]
  assert.equal(keep(a + large, 1000, { window: 2000 }).patch, a)
})
