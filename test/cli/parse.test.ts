import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defineCommand } from '../../src/cli/command.ts'
import { jsonOption, queueOption } from '../../src/cli/options.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { SparkqError } from '../../src/contract/errors.ts'

const command = defineCommand({
  summary: 'For these tests.',
  args: {
    task: { value: 'TASK', describe: 'a task' },
    more: { value: 'WORD', describe: 'words', optional: true, many: true },
  },
  rest: 'FILE',
  options: {
    queue: queueOption,
    limit: { type: 'whole', value: 'N', min: 0, describe: 'a number' },
    days: { type: 'number', value: 'DAYS', min: 0, describe: 'a number with a point' },
    env: { type: 'list', value: 'NAME=VALUE', describe: 'several' },
    status: { type: 'text', value: 'STATUS', choices: ['queued', 'running'], describe: 'a choice' },
    json: jsonOption,
  },
  examples: ['sparkq test'],
  run: async () => undefined,
})

function parse(...argv: string[]) {
  const parsed = parseCommandLine('test', command, argv)
  assert.notEqual(parsed, 'help')
  return parsed as Exclude<typeof parsed, 'help'>
}

function mistake(...argv: string[]): string {
  try {
    parseCommandLine('test', command, argv)
  } catch (error) {
    assert.ok(error instanceof SparkqError && error.code === 'invalid')
    assert.match(error.hint ?? '', /^(sparkq test --help|--status queued\|running)$/)
    return error.message
  }
  return assert.fail(`was accepted: ${argv.join(' ')}`)
}

describe('a command line', () => {
  test('may have its options before, between and behind the words', () => {
    for (const argv of [
      ['-q', 'auth', 'A-1', 'x'],
      ['A-1', '-q', 'auth', 'x'],
      ['A-1', 'x', '--queue=auth'],
      ['A-1', 'x', '-qauth'],
    ]) {
      const { args, options } = parse(...argv)
      assert.deepEqual(args, { task: 'A-1', more: ['x'] })
      assert.equal(options.queue, 'auth')
    }
  })

  test('takes --stream for --queue', () => {
    assert.equal(parse('A-1', '--stream', 'auth').options.queue, 'auth')
  })

  test('has everything behind -- for the command itself', () => {
    const { rest, options, args } = parse('A-1', '--', './x.sh', '--json', '-q', '--')
    assert.deepEqual(rest, ['./x.sh', '--json', '-q', '--'])
    assert.equal(options.json, false)
    assert.deepEqual(args.more, [])
    assert.equal(parse('A-1').rest, undefined)
  })

  test('has options that were not given as false, empty or undefined', () => {
    const { options } = parse('A-1')
    const { queue, limit, env, json } = options
    assert.deepEqual(
      { queue, limit, env, json },
      { queue: undefined, limit: undefined, env: [], json: false },
    )
  })

  test('reads numbers and lists', () => {
    const { options } = parse('A-1', '--limit', '0', '--days', '1.5', '--env', 'A=1', '--env', 'B=-2')
    assert.deepEqual([options.limit, options.days, options.env], [0, 1.5, ['A=1', 'B=-2']])
  })

  test('takes a sentence that begins with a dash for words', () => {
    for (const words of ['- fixed the login', '--force is gone', '-- no'])
      assert.deepEqual(parse('A-1', words).args.more, [words])
    assert.equal(parse('A-1', '-qBack End').options.queue, 'Back End')
    assert.deepEqual(parse('A-1', '--', '- fixed').rest, ['- fixed'])
  })

  test('is help wherever --help stands, whatever is missing or wrong', () => {
    for (const argv of [['--help'], ['-h'], ['A-1', '--bogus', '--help']])
      assert.equal(parseCommandLine('test', command, argv), 'help')
  })

  test('with a mistake is refused in a sentence that names it', () => {
    assert.equal(mistake(), '"sparkq test" needs a TASK: a task.')
    assert.equal(mistake('  '), 'TASK must not be blank.')
    assert.equal(mistake('A-1', '--quue', 'x'), 'There is no option "--quue". Did you mean "--queue"?')
    assert.equal(mistake('A-1', '-x'), 'There is no option "-x".')
    assert.equal(mistake('A-1', '-q'), '-q needs a value: -q NAME.')
    assert.equal(mistake('A-1', '--queue', '--json'), '--queue needs a value: --queue NAME.')
    assert.equal(mistake('A-1', '--queue', ' '), '--queue must not be blank.')
    assert.equal(mistake('A-1', '--json=yes'), '--json takes no value.')
    assert.equal(mistake('A-1', '--status', 'runing'), 'There is no status "runing". Did you mean "running"?')
    for (const text of ['-1', '1.5', 'abc', '', '0x10', '1e3'])
      assert.equal(
        mistake('A-1', '--limit', text),
        `--limit must be a whole number, at least 0; "${text}" is not.`,
      )
    assert.equal(mistake('A-1', '--days', '-1'), '--days must be a number, at least 0; "-1" is not.')
  })
})
