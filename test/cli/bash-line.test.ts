import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { type BashLine, quoteForBash, readBashLine } from '../../src/cli/completion/bash-line.ts'

const breaks = ` \t\n"'><=;|&(:`

const lines: [line: string, read: BashLine][] = [
  ['sparkq ', { before: [], current: '', head: '', quote: '' }],
  ['sparkq  queue   li', { before: ['queue'], current: 'li', head: '', quote: '' }],
  ['sparkq a\\ b c\\', { before: ['a b'], current: 'c', head: '', quote: '' }],
  ['sparkq "a b" \'c d\' ', { before: ['a b', 'c d'], current: '', head: '', quote: '' }],
  ['sparkq "" x', { before: [''], current: 'x', head: '', quote: '' }],
  ['sparkq "a \\"b\\$', { before: [], current: 'a "b$', head: '', quote: '"' }],
  ["sparkq 'a \\b", { before: [], current: 'a \\b', head: '', quote: "'" }],
  [`sparkq $'a\\nb\\x41' c`, { before: ['a\nbA'], current: 'c', head: '', quote: '' }],
  ['sparkq --queue=au', { before: [], current: '--queue=au', head: '--queue=', quote: '' }],
  ['sparkq --queue="my l', { before: [], current: '--queue=my l', head: '--queue=', quote: '"' }],
  ['sparkq a:b\\:c', { before: [], current: 'a:b:c', head: 'a:', quote: '' }],
]

for (const [line, read] of lines) {
  test(`reads ${line}`, () => assert.deepEqual(readBashLine(line, breaks), read))
}

test('a name of any kind comes out of bash as it went in, however it is quoted', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(it => !it.includes('\0'))
  const spiky = fc.string({
    unit: fc.constantFrom(...' \t\n\r$`"\'\\!*?[]{}~#&|;<>()=:@%^aé\x01\x7f😀'),
    maxLength: 20,
  })
  const names = fc.sample(fc.oneof(name, spiky), 400).map(it => `x${it}`)
  const quoted = names.flatMap(it => [
    quoteForBash(it, ''),
    `"${quoteForBash(it, '"')}"`,
    `'${quoteForBash(it, "'")}'`,
  ])
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }
  const out = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${quoted.join(' ')}`], {
    env,
    encoding: 'utf8',
  })
  assert.deepEqual(
    out.split('\0').slice(0, -1),
    names.flatMap(it => [it, it, it]),
  )
  for (const [i, text] of quoted.entries()) {
    const { before } = readBashLine(`sparkq ${text} `, breaks)
    assert.deepEqual(before, [names[Math.floor(i / 3)]], text)
  }
})
