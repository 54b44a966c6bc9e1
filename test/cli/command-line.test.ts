import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { entries } from '../../src/cli/commands.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { emptySite, site } from './run-cli.ts'

describe('the command line', { concurrency: 4 }, () => {
  test('every command has help with an example that it understands', async () => {
    for (const { name, aliases, load } of entries) {
      const { command } = await load()
      assert.ok(command.examples.length > 0, name)
      assert.match(command.summary, /^[A-Z].*\.$/, name)
      for (const example of command.examples) {
        const words = split(example)
        const called = words.slice(1, 1 + name.split(' ').length).join(' ')
        assert.ok(called === name || aliases?.includes(called), example)
        parseCommandLine(name, command, words.slice(1 + name.split(' ').length))
      }
    }
  })

  test('alone prints the help, with every command in it', async t => {
    const { sparkq } = emptySite(t)
    const [alone, help, option] = await Promise.all([sparkq([]), sparkq(['help']), sparkq(['--help'])])
    assert.equal(alone.code, 0)
    assert.equal(alone.stderr, '')
    for (const { name } of entries) assert.match(alone.stdout, new RegExp(`^  ${name}\\b`, 'm'))
    assert.deepEqual([help, option], [alone, alone])
  })

  test('shows the help of a command however it is asked for', async t => {
    const { sparkq } = emptySite(t)
    const asked = await Promise.all([
      sparkq(['help', 'enqueue']),
      sparkq(['enqueue', '--help']),
      sparkq(['add', '-h']),
      sparkq(['enqueue', '--tool', 'x', '-h']),
    ])
    for (const { stdout, stderr, code } of asked) {
      assert.equal(stdout, asked[0]?.stdout)
      assert.deepEqual([stderr, code], ['', 0])
    }
    assert.match(asked[0]?.stdout ?? '', /-q, --queue NAME .*\(also --stream\)/)
    assert.match(
      asked[0]?.stdout ?? '',
      /Examples\n {2}sparkq enqueue -q auth -t run-bash -- \.\/scripts\/deploy\.sh staging/,
    )
  })

  test('shows the commands of a group', async t => {
    const { sparkq } = emptySite(t)
    const [help, option, alone] = await Promise.all([
      sparkq(['help', 'queue']),
      sparkq(['queue', '--help']),
      sparkq(['queue']),
    ])
    assert.match(help.stdout, /^ {2}queue pause /m)
    assert.doesNotMatch(help.stdout, /session/)
    assert.equal(option.stdout, help.stdout)
    assert.deepEqual([alone.stdout, alone.code], ['', 2])
    assert.match(alone.stderr, /^Which "queue" command\?\n {2}sparkq queue create\n/)
  })

  test('prints the version', async t => {
    const { sparkq } = emptySite(t)
    const [long, short] = await Promise.all([sparkq(['--version']), sparkq(['-V'])])
    assert.match(long.stdout, /^sparkq \d+\.\d+\.\d+\n$/)
    assert.deepEqual(short, long)
  })

  test('names the nearest command when there is none of that name', async t => {
    const { sparkq } = emptySite(t)
    const mistakes = [
      ['enqeue', 'There is no command "enqeue". Did you mean "enqueue"?\n  sparkq enqueue --help\n'],
      ['queu list', 'There is no command "queu". Did you mean "queue"?\n  sparkq queue list --help\n'],
      [
        'queue creat x',
        'There is no command "queue creat". Did you mean "queue create"?\n  sparkq queue --help\n',
      ],
      ['frobnicate', 'There is no command "frobnicate".\n  sparkq help\n'],
      ['--json tasks', '"--json" stands before the command: name the command first.\n  sparkq help\n'],
      ['tasks --jsn', 'There is no option "--jsn". Did you mean "--json"?\n  sparkq tasks --help\n'],
      ['help enqeue', 'There is no command "enqeue". Did you mean "enqueue"?\n  sparkq enqueue --help\n'],
    ] as const
    await Promise.all(
      mistakes.map(async ([line, stderr]) => {
        assert.deepEqual(await sparkq(line.split(' ')), { stdout: '', stderr, code: 2, signal: null })
      }),
    )
  })

  test('outside of a project says how to make one', async t => {
    const { sparkq } = emptySite(t)
    const { stdout, stderr, code } = await sparkq(['tasks'])
    assert.deepEqual([stdout, code], ['', 3])
    assert.match(stderr, /^No sparkq\.yml here or in a folder above.*\n {2}sparkq setup --yes\n$/)
  })

  test('finds the project from a folder below, or by SPARKQ_CONFIG', async t => {
    const { sparkq, folder } = await site(t, { 'a/b/x.txt': '' })
    const [below, named] = await Promise.all([
      sparkq(['queue', 'list', '--json'], { in: 'a/b' }),
      sparkq(['queue', 'list', '--json'], { in: '..', env: { SPARKQ_CONFIG: `${folder}/sparkq.yml` } }),
    ])
    assert.equal(JSON.parse(below.stdout).queues[0].name, 'default')
    assert.equal(named.stdout, below.stdout)
  })

  test('shows a stack only with --debug', async t => {
    const { sparkq } = await site(t)
    const [quiet, before, behind] = await Promise.all([
      sparkq(['task', 'X-1']),
      sparkq(['--debug', 'task', 'X-1']),
      sparkq(['task', 'X-1', '--debug']),
    ])
    assert.equal(quiet.stderr, 'There is no task "X-1".\n  sparkq tasks\n')
    assert.match(before.stderr, /^There is no task "X-1"\.\n {2}sparkq tasks\nSparkqError: .*\n {4}at /)
    assert.deepEqual([quiet.code, before.code, behind.code], [3, 3, 3])
    assert.match(behind.stderr, /\n {4}at /)
  })

  test('ends quietly when its reader has seen enough', async t => {
    const { start, core } = await site(t)
    for (let i = 0; i < 300; i++)
      await core.createTask({
        queue_id: 'default',
        tool_name: 'run-bash',
        payload: { command: 'x'.repeat(2000) },
      })
    const { child, ended } = start(['tasks', '--json'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { stderr, code } = await ended
    assert.deepEqual([stderr, code], ['', 0])
  })
})

/** As a shell splits it, as far as the examples go. */
function split(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  )
}
