import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { usualAnswers } from '../src/cli/setup/questions.ts'
import { renderConfig } from '../src/cli/setup-config.ts'
import { parseConfig } from '../src/config.ts'
import { settings } from '../src/contract/settings.ts'
import { removeFromYaml, setInYaml } from '../src/yaml-edit.ts'
import { nothingFound } from './cli/set-up.ts'

const port = ['server', 'port']
const host = ['server', 'host']

/** What is set, in which text, and the text that comes of it. */
const sets: [string, string, string[], unknown, string][] = [
  [
    'a value',
    'server:   # s\n    port: 1   # p\n\n    host: "x"\n',
    port,
    2,
    'server:   # s\n    port: 2   # p\n\n    host: "x"\n',
  ],
  ['a quoted value', "server:\n  host: 'a'  # h\n", host, 'b', 'server:\n  host: b  # h\n'],
  [
    'a value without one',
    'server:\n  port:  # p\n  host: x\n',
    port,
    2,
    'server:\n  port: 2  # p\n  host: x\n',
  ],
  [
    'a new one, as deep as the others',
    'server: # s\n    port: 1 # p\n\n# end\n',
    host,
    'x',
    'server: # s\n    port: 1 # p\n    host: x\n\n# end\n',
  ],
  [
    'a new one below its comment',
    'server:\n  port: 1\n  # Where.\n  # host: y\n  # access: z\n\n# end\nx: {}\n',
    host,
    'x',
    'server:\n  port: 1\n  # Where.\n  # host: y\n  host: x\n  # access: z\n\n# end\nx: {}\n',
  ],
  [
    'one in a section of comments',
    'server:\n  # port: 5\n  # host: x\nx: {}\n',
    port,
    1,
    'server:\n  # port: 5\n  port: 1\n  # host: x\nx: {}\n',
  ],
  [
    'one whose comment is of another section',
    'server:\n  port: 1\nx:\n  # host: y\n  z: 1\n',
    host,
    'a',
    'server:\n  port: 1\n  host: a\nx:\n  # host: y\n  z: 1\n',
  ],
  [
    'one in a section that is missing',
    '# top\nx: {a: 1}\n# end',
    port,
    1,
    '# top\nx: {a: 1}\n# end\n\nserver:\n  port: 1\n',
  ],
  ['one in an empty file', '', port, 1, 'server:\n  port: 1\n'],
  ['one in a file of comments', '# all\n', port, 1, '# all\n\nserver:\n  port: 1\n'],
  ['one in braces', 'server: { port: 1 } # s\n', host, 'x', 'server: { port: 1, host: x } # s\n'],
  ['one in empty braces', 'server: {} # s\n', port, 1, 'server: {port: 1} # s\n'],
  [
    'a list for a list',
    'server:\n  needs:\n    - a # 1\n    - b\n  # c\n  x: 1\n',
    ['server', 'needs'],
    ['a', 'c d'],
    'server:\n  needs: [a, c d]\n  # c\n  x: 1\n',
  ],
  ['a list at the top', 'dirs:\n  - a\n  - b\n# e\n', ['dirs'], ['c'], 'dirs: [c]\n# e\n'],
  [
    'a text of several lines',
    'n:\n  c: |\n    a\n    b\n  d: 1\n',
    ['n', 'c'],
    'x: y',
    'n:\n  c: "x: y"\n  d: 1\n',
  ],
  ['a text that looks like a number', 'server:\n  host: x\n', host, '5', 'server:\n  host: "5"\n'],
  ['null', 'limits:\n  x: 1\n', ['limits', 'x'], null, 'limits:\n  x: null\n'],
  [
    'one with the line breaks of the file',
    'server:\r\n  port: 1\r\nx: 1\r\n',
    host,
    'q',
    'server:\r\n  port: 1\r\n  host: q\r\nx: 1\r\n',
  ],
  [
    'a thing of several fields',
    'tools:\n  a:\n    class: X\n# e\n',
    ['tools', 'b'],
    { class: 'Y', command: ['p', '{prompt}'] },
    'tools:\n  a:\n    class: X\n  b: {class: Y, command: [p, "{prompt}"]}\n# e\n',
  ],
  ['a whole section', 'x: 1\n', ['tools'], { b: { class: 'Y' } }, 'x: 1\n\ntools:\n  b:\n    class: Y\n'],
]
for (const [what, before, steps, value, after] of sets) {
  test(`${what} is set, and everything else stays as it is`, () => {
    assert.equal(setInYaml(before, steps, value), after)
    assert.equal(setInYaml(after, steps, value), after)
  })
}

const removals: [string, string, string[], string][] = [
  [
    'a line',
    'server: # s\n    # the port\n    port: 1 # p\n\n    host: x\n',
    port,
    'server: # s\n    # the port\n\n    host: x\n',
  ],
  ['the only one', '# a\nserver:\n  port: 1\n# b\nx: 1\n', port, '# a\nserver:\n# b\nx: 1\n'],
  ['the first in braces', 'server: {port: 1, host: x}\n', port, 'server: {host: x}\n'],
  ['the last in braces', 'server: { port: 1, host: x } # s\n', host, 'server: { port: 1 } # s\n'],
  ['a list', 'x: 1\ndirs:\n  - a\n  - b\n\n# e\ny: 1\n', ['dirs'], 'x: 1\n\n# e\ny: 1\n'],
]
for (const [what, before, steps, after] of removals) {
  test(`${what} is taken out, and everything else stays as it is`, () => {
    assert.equal(removeFromYaml(before, steps), after)
  })
}

test('what something else refers to is left alone', () => {
  assert.equal(setInYaml('a: &x 1\nb: *x\n', ['a'], 2), undefined)
  assert.equal(removeFromYaml('a: &x 1\nb: *x\n', ['a']), undefined)
})

test('any settings in any order, set in what setup writes and taken out again, keep every line of it', () => {
  const free = settings.filter(it => it.name !== 'database.mode')
  const written = renderConfig({ ...usualAnswers(nothingFound('/shop')), name: 'shop' })
  const lines = written.split('\n').filter(line => line.trim().startsWith('#'))
  const stepsOf = (it: (typeof free)[number]) =>
    it.name === it.namespace ? [it.name] : [it.namespace, it.key]
  fc.assert(
    fc.property(fc.shuffledSubarray(free), chosen => {
      let text = written
      for (const it of chosen) {
        text = setInYaml(text, stepsOf(it), it.initial) as string
        assert.ok(text, it.name)
      }
      parseConfig(text, 'sparkq.yml')
      for (const it of chosen) {
        const next = removeFromYaml(text, stepsOf(it))
        assert.ok(next !== undefined, it.name)
        text = next
      }
      parseConfig(text, 'sparkq.yml')
      const left = text.split('\n')
      assert.deepEqual(
        lines.filter(line => !left.some(it => it.trim() === line.trim())),
        [],
      )
    }),
    { numRuns: 15 },
  )
})
