import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEscapeFilter } from '../src/escape-filter.ts'

/** Whole, and byte by byte: a sequence may be cut anywhere. */
function shown(text: string): string {
  const whole = Buffer.from(createEscapeFilter()(Buffer.from(text))).toString()
  const filter = createEscapeFilter()
  const parts = [...Buffer.from(text)].map(byte => filter(Uint8Array.of(byte)))
  assert.equal(Buffer.concat(parts).toString(), whole)
  return whole
}

test('plain text of any script is left alone', () => {
  for (const text of ['hello\n', 'a\tb\r\nc\b', 'Grüße, ñandú, 日本語, 🚀, ° § ¿'])
    assert.equal(shown(text), text)
})

test('colours, erasing the line and web links stay', () => {
  for (const text of [
    '\x1b[31mred\x1b[0m \x1b[38;5;12mx\x1b[m \x1b[4:3mcurly',
    '50%\r\x1b[K100%\x1b[2K',
    '\x1b]8;;https://example.com/a?b=c\x1b\\here\x1b]8;;\x1b\\',
    '\x1b]8;id=1;mailto:a@example.com\x1b\\mail\x1b]8;;\x1b\\',
  ])
    assert.equal(shown(text), text)
})

test('a link that ends with BEL is ended as it should be', () => {
  assert.equal(shown('\x1b]8;;https://a.example\x07x'), '\x1b]8;;https://a.example\x1b\\x')
})

test('titles, clipboard, modes, cursor moves and queries are taken out', () => {
  for (const harm of [
    '\x1b]0;owned\x07',
    '\x1b]52;c;ZWNobyBwd25lZA==\x07',
    '\x1b]52;c;ZWNobyBwd25lZA==\x1b\\',
    '\x1b]8;;file:///etc/passwd\x07',
    '\x1b]8;;javascript:alert(1)\x1b\\',
    '\x1b[2J',
    '\x1b[10;10H',
    '\x1b[?1049h',
    '\x1b[6n',
    '\x1b[>c',
    '\x1b[?25l',
    '\x1bP+q544e\x1b\\',
    '\x1b_secret\x1b\\',
    '\x1b^note\x1b\\',
    '\x1b(0',
    '\x1b#8',
    '\x1bc',
    '\x07',
    '\x0e',
    '\x7f',
  ])
    assert.equal(shown(`a${harm}b`), 'ab', JSON.stringify(harm))
})

test('control characters of the upper half are taken out, text that shares their bytes is not', () => {
  assert.equal(shown('a\u009b2Jb\u0085c'), 'a2Jbc')
  assert.equal(shown('\u00a0\u00bf\u00c2'), '\u00a0\u00bf\u00c2')
})

test('a title that never ends does not swallow the lines after it', () => {
  assert.equal(shown('a\x1b]0;never ended\nnext'), 'a\nnext')
})

test('an escape inside a sequence begins a new one', () => {
  assert.equal(shown('\x1b[3\x1b[31mred'), '\x1b[31mred')
  assert.equal(shown('\x1b\x1b[31mred'), '\x1b[31mred')
})
