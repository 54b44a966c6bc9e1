import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readDuration, readMoment } from '../../src/cli/read-time.ts'
import { printTable } from '../../src/cli/table.ts'
import { createTerminal } from '../../src/cli/terminal.ts'
import { oneLine, ordinal, shorten, visible, widthOf } from '../../src/cli/text.ts'
import { clock, duration, relative, span } from '../../src/cli/times.ts'
import { shellArgument, shellQueue, shellWord } from '../../src/contract/shell-word.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

describe('durations and times', () => {
  test('are as long as a person needs them', () => {
    const said = [0, 400, 3240, 42 * second, 90 * second, 4.7 * minute, 72 * minute, 26 * hour].map(duration)
    assert.deepEqual(said, ['0.0 s', '0.4 s', '3.2 s', '42 s', '90 s', '4 min', '1 h 12 min', '1 d 2 h'])
  })

  test('never round a timeout', () => {
    assert.deepEqual([90, 120, 600, 7200, 5400].map(span), ['90 s', '2 min', '10 min', '2 h', '90 min'])
  })

  test('are told from now', () => {
    const now = Date.parse('2026-01-31T12:00:00.000Z')
    const at = (ms: number) => relative(new Date(now + ms).toISOString(), now)
    assert.deepEqual([500, 1900].map(at), ['in 1 s', 'in 2 s'])
    assert.deepEqual([-500, -6 * minute, 2 * hour, -30 * second, -72 * hour].map(at), [
      'now',
      '6 min ago',
      'in 2 h',
      '30 s ago',
      '3 d ago',
    ])
  })

  test('bear a date when they are a day or more away', () => {
    const now = new Date(2026, 0, 31, 12, 0).getTime()
    assert.equal(clock(new Date(2026, 1, 1, 5, 0).toISOString(), now), '05:00')
    assert.equal(clock(new Date(2026, 1, 3, 5, 7).toISOString(), now), '3 Feb 05:07')
    assert.equal(clock(new Date(2027, 1, 3, 5, 7).toISOString(), now), '3 Feb 2027 05:07')
  })
})

describe('a time as it is typed', () => {
  const now = new Date(2026, 0, 31, 12, 0)
  const at = (text: string) => readMoment({ at: text }, undefined, now)

  test('is a duration in seconds, minutes, hours or days', () => {
    const read = ['90s', '30m', '2h', '1d', '1h30m', '1.5h'].map(text => readDuration(text, '--in') / minute)
    assert.deepEqual(read, [1.5, 30, 120, 1440, 90, 90])
    for (const text of ['30', 'soon', '-5m', '0m', '5m x', ''])
      assert.throws(() => readDuration(text, '--in'), /is not a duration/)
  })

  test('is today here, or tomorrow when that is over', () => {
    assert.equal(at('13:30'), new Date(2026, 0, 31, 13, 30).toISOString())
    assert.equal(at('02:00'), new Date(2026, 1, 1, 2, 0).toISOString())
    assert.equal(at('12:00'), new Date(2026, 1, 1, 12, 0).toISOString())
  })

  test('is RFC 3339, or a date and time here', () => {
    assert.equal(at('2026-02-01T02:00:00Z'), '2026-02-01T02:00:00.000Z')
    assert.equal(at('2026-02-01T02:00+02:00'), '2026-02-01T00:00:00.000Z')
    assert.equal(at('2026-02-01 02:00'), new Date(2026, 1, 1, 2, 0).toISOString())
    for (const text of ['25:00', '12:60', 'tomorrow', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z'])
      assert.throws(() => at(text), /is not a time/)
  })

  test('is yet to come', () => {
    assert.equal(at('2028-02-29T00:00:00Z'), '2028-02-29T00:00:00.000Z')
    assert.throws(() => at('2025-12-31T23:59:00Z'), /^SparkqError: --at "2025-12-31T23:59:00Z" is past\.$/)
  })

  test('is one or the other', () => {
    assert.throws(() => readMoment({ in: '5m', at: '02:00' }), /Either --in or --at/)
  })
})

describe('text of a task', () => {
  test('stays on its line and cannot take over the terminal', () => {
    assert.equal(oneLine('one\n  two\r\n\tthree'), 'one two three')
    assert.equal(oneLine('\x1b]0;owned\x07 \x9b2J'), '\\x1b]0;owned\\x07 \\x9b2J')
    assert.equal(visible('a\nb\u202ec\r'), 'a\nb\\u202ec\\r')
  })

  test('is measured and cut in columns, not in characters', () => {
    assert.deepEqual(['abc', 'été', 'e\u0301', '日本', '🚀'].map(widthOf), [3, 3, 1, 4, 2])
    assert.equal(shorten('日本語', 5), '日本…')
    assert.equal(shorten('abcdef', 4), 'abc…')
    assert.equal(shorten('abc', 3), 'abc')
    assert.equal(shorten('abc', 0), '')
  })

  test('is quoted where a shell would take it apart', () => {
    assert.deepEqual(['auth', 'Back End', "it's"].map(shellWord), ['auth', `'Back End'`, `'it'\\''s'`])
    assert.equal(shellWord('`touch pwned`'), "'`touch pwned`'")
  })

  test('that begins with a dash is not taken for an option', () => {
    assert.deepEqual(['auth', '-x y'].map(shellArgument), ['auth', `-- '-x y'`])
    assert.deepEqual(['auth', '-x y'].map(shellQueue), ['-q auth', `--queue='-x y'`])
  })

  test('counts in English', () => {
    assert.deepEqual([1, 2, 3, 4, 11, 21, 112].map(ordinal), [
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '21st',
      '112th',
    ])
  })
})

describe('a table', () => {
  const columns = [
    { title: 'task' },
    { title: 'what', flexible: true },
    { title: 'time', align: 'right' },
  ] as const
  const rows = [
    ['A-1', 'a long description of what it does', '3.2 s'],
    ['A-10', { text: '日本', style: 'red' }, '12 s'],
  ] as const

  function print(
    stream: { isTTY?: boolean; columns?: number },
    env: NodeJS.ProcessEnv = { LANG: 'C.UTF-8' },
  ) {
    let text = ''
    const stdout = { ...stream, write: (part: string) => (text += part) }
    const { out } = createTerminal({ stdout, stderr: stdout }, env)
    printTable(out, columns, rows as never)
    return text
  }

  test('is whole and plain in a pipe', () => {
    assert.equal(
      print({}),
      [
        '  task  what                                 time',
        '  A-1   a long description of what it does  3.2 s',
        '  A-10  日本                                 12 s',
        '',
      ].join('\n'),
    )
  })

  test('fits a narrow terminal, and only the column that can give way is cut', () => {
    const text = print({ isTTY: true, columns: 40 }, { LANG: 'C.UTF-8', NO_COLOR: '1' })
    assert.match(text, /A-1 {3}a long description of wh… +3\.2 s/)
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= 40, line)
  })

  test('on a very narrow terminal cuts that column short before any other', () => {
    const lines = print({ isTTY: true, columns: 22 }, { LANG: 'C.UTF-8', NO_COLOR: '1' }).split('\n')
    assert.equal(lines[1], '  A-1   a long…  3.2 s')
  })

  test('has 80 columns on a terminal that nobody gave a size', () => {
    const wide = { LANG: 'C.UTF-8', NO_COLOR: '1' }
    assert.equal(print({ isTTY: true, columns: 0 }, wide), print({ isTTY: true, columns: 80 }, wide))
  })

  test('is coloured on a terminal unless NO_COLOR says otherwise, and in a pipe when FORCE_COLOR does', () => {
    const env = { LANG: 'C.UTF-8' }
    const red = '\x1b[31m日本\x1b[0m'
    assert.ok(print({ isTTY: true, columns: 80 }, env).includes(red))
    assert.ok(print({}, { ...env, FORCE_COLOR: '1' }).includes(red))
    assert.ok(!print({ isTTY: true, columns: 80 }, { ...env, NO_COLOR: '1' }).includes('\x1b'))
  })

  test('keeps to ASCII signs where the locale has no UTF-8', () => {
    let text = ''
    const stdout = { write: (part: string) => (text += part) }
    createTerminal({ stdout, stderr: stdout }, { LANG: 'C' }).out.line('○ ● ✓ ✗ ⏸ ! a · b → c…')
    assert.equal(text, 'o * + x - ! a - b > c~\n')
  })
})
