import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdKind, idPrefixes, looksLikeId, newId, randomWord } from '../../src/contract/ids.ts'

const alphabet = '0123456789bcdfghjkmnpqrstvwxyz'

test('an id is its kind’s prefix and 16 characters that neither spell nor look alike', () => {
  assert.deepEqual(Object.values(idPrefixes), [
    'prj_',
    'ses_',
    'que_',
    'tsk_',
    'prm_',
    'run_',
    'cnv_',
    'qst_',
  ])
  for (const kind of Object.keys(idPrefixes) as IdKind[]) {
    assert.match(newId(kind), new RegExp(`^${idPrefixes[kind]}[${alphabet}]{16}$`))
    assert.ok(looksLikeId(newId(kind)))
  }
})

test('ids do not repeat', () => {
  const ids = Array.from({ length: 20_000 }, () => newId('task'))
  assert.equal(new Set(ids).size, ids.length)
})

test('every character is as likely as any other', () => {
  const word = randomWord(60_000)
  const counts = new Map<string, number>()
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  assert.equal(counts.size, alphabet.length)
  // 2000 of each expected, with a deviation of 44: this is nine of them.
  for (const [letter, count] of counts) assert.ok(Math.abs(count - 2000) < 400, `${letter}: ${count}`)
})

test('a word has the length that is asked for', () => {
  for (const length of [0, 1, 7, 100]) assert.equal(randomWord(length).length, length)
})

test('only what begins with a prefix looks like an id', () => {
  for (const text of ['tsk_', 'que_x', 'ses_1']) assert.ok(looksLikeId(text))
  for (const text of ['task', 'xtsk_', 'tsk-1', '', 'TSK_1']) assert.ok(!looksLikeId(text))
})
