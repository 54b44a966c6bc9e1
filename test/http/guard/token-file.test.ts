import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { ensureToken, isToken, readToken } from '../../../src/http/guard/token.ts'
import { tempFolder } from '../../support/folder.ts'
import { refused } from '../../support/refused.ts'

const modeOf = (file: string) => fs.statSync(file).mode & 0o777

test('a token is made once, of 256 bits, for the user alone', t => {
  const folder = tempFolder(t)
  const file = path.join(folder, 'data', 'token')
  assert.equal(readToken(file), undefined)
  const token = ensureToken(file)
  assert.equal(Buffer.from(token, 'base64url').length, 32)
  assert.equal(modeOf(file), 0o600)
  assert.equal(modeOf(path.dirname(file)), 0o700)
  assert.equal(ensureToken(file), token)
  assert.equal(readToken(file), token)
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['token'])
  assert.notEqual(ensureToken(path.join(folder, 'other')), token)
})

test('a token that others could read is closed to them', t => {
  const file = path.join(tempFolder(t), 'token')
  fs.writeFileSync(file, 'abc\n')
  fs.chmodSync(file, 0o644)
  assert.equal(ensureToken(file), 'abc')
  assert.equal(modeOf(file), 0o600)
})

test('an empty token is none', t => {
  const file = path.join(tempFolder(t), 'token')
  fs.writeFileSync(file, '\n')
  assert.equal(readToken(file), undefined)
  const token = ensureToken(file)
  assert.equal(token.length, 43)
  assert.equal(readToken(file), token)
})

test('a link in the place of the token is not followed', async t => {
  const folder = tempFolder(t)
  const elsewhere = path.join(folder, 'elsewhere')
  fs.writeFileSync(elsewhere, 'abc', { mode: 0o644 })
  const file = path.join(folder, 'token')
  fs.symlinkSync(elsewhere, file)
  await refused(() => ensureToken(file), 'unusable', /cannot be read/)
})

test('only the whole token is the token', () => {
  assert.ok(isToken('abc', 'abc'))
  for (const other of ['', 'ab', 'abcd', 'ABC', ' abc', 'abc\0']) assert.ok(!isToken(other, 'abc'), other)
})
