import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readSince } from '../../src/cli/read-time.ts'
import { begin } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

async function failure(at: Site, output: string, code = 7): Promise<void> {
  const attempt = await begin(at)
  attempt.write('stdout', output)
  await attempt.finish(code)
}

const markOf = async ({ core }: Site) => (await core.getReview()).review.since

describe('sparkq review in a pipe', { concurrency: 2 }, () => {
  test('reports what happened and what waits, and neither decides nor closes', async t => {
    const at = await site(t)
    await failure(at, 'fine\n', 0)
    await failure(at, 'oops\n')
    const { stdout, stderr, code } = await at.sparkq(['review'])
    assert.match(
      stdout,
      /^So far: 1 succeeded, 1 failed · \d\.\d s of work\n {2}lane +succeeded +failed +work +now\n/,
    )
    assert.match(stdout, /\n {2}✗ {2}DEFAULT-2 {2}x {5}failed · exit 7 {2}now {3}Exited with 7\.\n$/)
    assert.match(stderr, /^ {2}sparkq review +decide/)
    assert.equal(code, 0)
    assert.equal(await markOf(at), null)
    assert.equal((await at.core.getReview()).review.to_review, 1)
  })

  test('--close says that it was read', async t => {
    const at = await site(t)
    await failure(at, 'oops\n')
    assert.match((await at.sparkq(['review', '--close'])).stdout, /^So far: 1 failed/)
    assert.notEqual(await markOf(at), null)
    const { stdout } = await at.sparkq(['review'])
    assert.match(stdout, /^While you were away \(since \d\d:\d\d\): nothing finished\n\n {5}task /)
  })

  test('--json is what the API answers, with all its tasks', async t => {
    const at = await site(t)
    await failure(at, 'one\n')
    await failure(at, 'two\n')
    const told = JSON.parse((await at.sparkq(['review', '--json', '--queue', 'default', '--all'])).stdout)
    assert.deepEqual(told, await at.core.getReview({ queue_id: 'default', all: true }))
    assert.equal(told.tasks.length, 2)
  })

  test('--md is a report that no output can break out of', async t => {
    const at = await site(t)
    await at.core.updateQueue({ id: 'default', name: 'a|b *c* <i>' })
    const evil = '```\n# owned\n`````\n\x1b[31mred\x1b[0m\x07 \u202egnp\n'
    const attempt = await begin(at, { queue: 'a|b *c* <i>' })
    attempt.write('stdout', evil)
    await attempt.finish(7)
    const { stdout } = await at.sparkq(['review', '--md'])
    assert.match(stdout, /^# SparkQ\n\n1 failed/)
    assert.match(stdout, /\n\| a\\\|b \\\*c\\\* \\<i\\> \| 0 \| 1 \|/)
    assert.match(
      stdout,
      /\n## To review: 1\n\n### ✗ DEFAULT-1 · run-bash x\n\nfailed · exit 7 · .*\n\n> Exited with 7\.\n/,
    )
    assert.ok(stdout.includes('\n``````text\n```\n# owned\n`````\nred \\u202egnp\n``````\n'), stdout)
  })

  test('tasks are accepted and rejected by name, each by itself', async t => {
    const at = await site(t)
    for (let i = 0; i < 3; i++) await failure(at, 'x\n')
    const accepted = await at.sparkq(['review', 'DEFAULT-1', '--accept'])
    assert.equal(accepted.stdout, 'Accepted DEFAULT-1 · run-bash x\n')
    const both = await at.sparkq([
      'review',
      'DEFAULT-2',
      'NONE-1',
      'default-3',
      '--reject',
      '--note',
      'not so',
    ])
    assert.equal(
      both.stdout,
      'Rejected DEFAULT-2 · run-bash x · not so\nRejected DEFAULT-3 · run-bash x · not so\n',
    )
    assert.match(both.stderr, /There is no task "NONE-1"\./)
    assert.equal(both.code, 3)
    const told = JSON.parse((await at.sparkq(['review', 'DEFAULT-1', '--reject', '--json'])).stdout)
    assert.equal(told.task.review, 'rejected')
    assert.match((await at.sparkq(['review'])).stdout, /\nNothing left to review\.\n$/)
  })

  test('mistakes are told', async t => {
    const at = await site(t)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    const mistakes: [args: string[], says: RegExp, code: number][] = [
      [['--accept'], /Which task\?/, 2],
      [['DEFAULT-1', '--accept', '--reject'], /Either --accept or --reject/, 2],
      [['--note', 'x'], /--note goes with/, 2],
      [['--json', '--md'], /Either --json or --md/, 2],
      [['DEFAULT-1', '--accept', '--md'], /A decision is no report/, 2],
      [['DEFAULT-1', '-q', 'default'], /Either tasks by name/, 2],
      [['DEFAULT-1'], /What of it\?.*sparkq review DEFAULT-1 --accept/s, 2],
      [['DEFAULT-1', '--accept'], /is queued: only a finished task can be reviewed/, 4],
      [['--since', 'soon'], /--since "soon" is not a time/, 2],
      [['--since', '2999-01-01T00:00:00Z'], /is still to come/, 2],
      [['-q', 'defualt'], /Did you mean "default"/, 3],
      [['--session', 'x'], /no session "x"/, 3],
    ]
    for (const [args, says, code] of mistakes) {
      const ended = await at.sparkq(['review', ...args])
      assert.match(ended.stderr, says)
      assert.deepEqual([ended.code, ended.stdout], [code, ''], args.join(' '))
    }
  })

  test('status says how many wait, and a task how to decide', async t => {
    const at = await site(t)
    await failure(at, 'x\n')
    const status = await at.sparkq(['status'])
    assert.match(status.stdout, /\n {2}review {4}1 waits for your eye\n/)
    assert.match(status.stderr, /\n {2}sparkq review +decide on what has finished\n/)
    assert.match(
      (await at.sparkq(['task', 'DEFAULT-1'])).stdout,
      / next +sparkq requeue DEFAULT-1 \| sparkq review DEFAULT-1\n/,
    )
    await at.core.reviewTask({ id: 'DEFAULT-1', decision: 'accepted' })
    assert.doesNotMatch((await at.sparkq(['status'])).stdout, /review/)
  })
})

describe('sparkq stats', () => {
  test('says per lane and tool what became of tasks', async t => {
    const at = await site(t)
    const none = await at.sparkq(['stats'])
    assert.deepEqual([none.stdout, none.code], ['', 0])
    assert.match(none.stderr, /No task has finished yet\./)
    await failure(at, 'x\n', 0)
    await failure(at, 'x\n')
    const { stdout } = await at.sparkq(['stats', '--since', '1h'])
    assert.match(
      stdout,
      /^ {2}lane +done +failed +retried +success +run +p95 +wait +p95 +work\n {2}default +1 +1 +0 +50 % /,
    )
    assert.match(stdout, /\n\n {2}tool .*\n {2}run-bash +1 +1 /)
    const told = JSON.parse((await at.sparkq(['stats', '--json', '-q', 'default'])).stdout)
    assert.deepEqual(told, await at.core.getWorkStats())
    assert.equal((await at.sparkq(['stats', '-q', 'x'])).code, 3)
    assert.equal((await at.sparkq(['stats', '--since', 'x'])).code, 2)
  })
})

describe('--since', () => {
  const now = new Date(2026, 2, 1, 12, 0, 0)
  const here = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString()
  for (const [text, at] of [
    ['8h', here(2026, 2, 1, 4)],
    ['1d12h', here(2026, 1, 28)],
    ['11:59', here(2026, 2, 1, 11, 59)],
    ['12:00', here(2026, 2, 1, 12)],
    ['22:10', here(2026, 1, 28, 22, 10)],
    ['today', here(2026, 2, 1)],
    ['yesterday', here(2026, 1, 28)],
    ['2026-02-03', here(2026, 1, 3)],
    ['2026-02-03 04:05', here(2026, 1, 3, 4, 5)],
    ['2026-02-03T04:05:06+02:00', '2026-02-03T02:05:06.000Z'],
  ] as const) {
    test(`${text} is meant as a time that is past`, () => assert.equal(readSince(text, now), at))
  }
  for (const text of ['', 'x', '25:00', '2026-02-30', '-1h', '2026-04-01', '0s']) {
    test(`${JSON.stringify(text)} is refused`, () => assert.throws(() => readSince(text, now), /--since/))
  }
})
