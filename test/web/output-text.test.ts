import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterReturns, plainLook, plainText, readLine } from '../../web/output/ansi.ts'
import { hashOfRange, rangeOfHash, rangeOfText } from '../../web/output/line-range.ts'
import { linkOf, withLinks } from '../../web/output/links.ts'
import { afterScroll, scrollFor, tallest } from '../../web/output/tall-scroll.ts'

const spansOf = (line: string) => readLine(line, plainLook).spans

test('links are those of pages alone, written out or of a terminal', () => {
  const osc = (to: string, text: string) => `\x1b]8;id=1;${to}\x1b\\${text}\x1b]8;;\x07 end`
  assert.deepEqual(
    spansOf(osc('https://example.org/a', 'see')).map(({ text, href }) => [text, href]),
    [
      ['see', 'https://example.org/a'],
      [' end', undefined],
    ],
  )
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'https://a@b.c/',
    '/ui/',
  ]) {
    assert.equal(linkOf(bad), undefined, bad)
    assert.ok(
      spansOf(osc(bad, 'see')).every(({ href }) => href === undefined),
      bad,
    )
  }
  const parts = withLinks('at (http://localhost:3000/x?y=1), or https://a.example.')
  assert.deepEqual(
    parts.map(({ text, href }) => (href ? `<${text}>` : text)).join(''),
    'at (<http://localhost:3000/x?y=1>), or <https://a.example>.',
  )
})

test('sequences other than colours, and what turns the direction of writing, go', () => {
  const line = '\x1b]0;title\x07a\x1b[2Kb\x1b[?25lc\u202ed\x1bPq\x1b\\e\x00'
  assert.equal(plainText(line), 'abcde')
  assert.equal(
    spansOf(line)
      .map(({ text }) => text)
      .join(''),
    'abcde',
  )
  assert.deepEqual(
    spansOf('\x1b[38;2;255;0;0mr\x1b[38;5;46mg\x1b[44;1mb\x1b[mx').map(({ classes }) => classes),
    ['fore-bright-red', 'fore-bright-green', 'fore-bright-green back-blue bold', ''],
  )
  assert.equal(afterReturns('one\rtwo\r'), 'two')
})

test('line ranges are read and written alike', () => {
  assert.deepEqual(rangeOfHash('#L10-L20'), { from: 10, to: 20 })
  assert.deepEqual(rangeOfHash('#L20-10'), { from: 10, to: 20 })
  assert.deepEqual(rangeOfText(': 7'), { from: 7, to: 7 })
  for (const bad of ['', '#L', '#L0', '#L1-L2-L3', '#x']) assert.equal(rangeOfHash(bad), undefined)
  assert.equal(hashOfRange({ from: 3, to: 3 }), '#L3')
  assert.equal(hashOfRange({ from: 3, to: 9 }), '#L3-L9')
})

test('more lines than a browser can scroll are scrolled line by line, dragged by proportion, and end at their ends', () => {
  const sizes = { full: 18_000_000, view: 600 }
  const small = afterScroll({ top: 9_000_000, shift: 5_000_000 }, 4_000_100, sizes)
  assert.equal(small.top, 9_000_100)
  const dragged = afterScroll(small, (tallest - 600) / 2, sizes)
  assert.equal(Math.round(dragged.top), (18_000_000 - 600) / 2)
  assert.equal(afterScroll(dragged, 0, sizes).top, 0)
  assert.equal(afterScroll(dragged, tallest - 600, sizes).top, 18_000_000 - 600)
  const there = scrollFor(12_345_678, sizes)
  assert.equal(there.top - there.shift, there.scrollTop)
  assert.ok(there.scrollTop < tallest)
  assert.deepEqual(afterScroll({ top: 0, shift: 0 }, 50, { full: 900, view: 100 }), { top: 50, shift: 0 })
})
