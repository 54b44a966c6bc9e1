import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { widthOf } from '../../src/cli/text.ts'
import { begin, claim } from './arrange.ts'
import { type Conversation, converse, hasTerminal, pidOf } from './converse.ts'
import { type Site, site } from './run-cli.ts'

/** Where the keys are told: only then one is pressed. */
const keys = 'q quit'

/** Tasks that failed, one after the other, with what they wrote. */
async function failures(at: Site, outputs: (string | Buffer)[]): Promise<void> {
  for (const output of outputs) {
    const attempt = await begin(at)
    if (output.length > 0) attempt.write('stdout', output)
    await attempt.finish(7)
  }
}

const reviewsOf = async ({ core }: Site): Promise<(string | null)[][]> =>
  (await core.listTasks()).tasks.reverse().map(task => [task.friendly_id, task.review, task.review_note])

function assertRestored({ settings }: Conversation): void {
  for (const word of ['icanon', 'echo', 'isig'])
    assert.match(settings ?? '', new RegExp(`(^| )${word}\\b`, 'm'))
}

const closings = async ({ core }: Site) => (await core.listEvents({ event: 'review.closed' })).events.length

describe('sparkq review on a terminal', {
  concurrency: 2,
  skip: !hasTerminal && 'needs script of util-linux',
}, () => {
  test('one task after the other is accepted, rejected with a note, requeued; then the review is closed', async t => {
    const at = await site(t)
    await failures(at, ['one\n', 'two\n', 'three\n'])
    const ended = await converse(t, at, 'review', [
      [keys, 'a'],
      [keys, 'x'],
      ['why?', 'no\x7fot this\r'],
      [keys, 'r'],
      ['a note?', '\r'],
    ])
    assert.match(ended.shown, /^So far: 3 failed · .* of work\n/)
    assert.match(ended.shown, /── 1 of 3 ─+ default · now\n✗ DEFAULT-1 {2}run-bash x +failed · exit 7\n/)
    assert.match(ended.shown, /\n {2}all it wrote\n {2}│ two\n/)
    assert.match(ended.shown, /\n {2}accepted\n/)
    assert.match(ended.shown, /\n {2}rejected · not this\n/)
    assert.match(ended.shown, /\n {2}requeued as DEFAULT-4\n/)
    assert.match(
      ended.shown,
      /\nReviewed: 1 accepted, 1 rejected, 1 requeued\.\nNothing left to review\.\nGoing on: 1 queued\.\n$/,
    )
    assert.equal(ended.code, 0)
    assertRestored(ended)
    assert.deepEqual(await reviewsOf(at), [
      ['DEFAULT-1', 'accepted', null],
      ['DEFAULT-2', 'rejected', 'not this'],
      ['DEFAULT-3', 'requeued', null],
      ['DEFAULT-4', null, null],
    ])
    assert.equal(await closings(at), 1)
    const again = await converse(t, at, 'review', [])
    assert.match(again.shown, /^While you were away \(since \d\d:\d\d\): nothing finished\n/)
    assert.match(again.shown, /\nNothing left to review\.\n/)
  })

  test('a copy is requeued as it was edited', async t => {
    const at = await site(t, {
      'editor.sh': `#!/bin/sh\ntest -t 0 && sed -i 's/"x"/"y"/; s/: 600/: 60/' "$1"\n`,
    })
    fs.chmodSync(path.join(at.folder, 'editor.sh'), 0o755)
    await failures(at, ['one\n'])
    const ended = await converse(
      t,
      at,
      'review',
      [
        [keys, 'e'],
        ['a note?', 'shorter\r'],
      ],
      { more: { EDITOR: './editor.sh' } },
    )
    assert.match(ended.shown, /\n {2}requeued as DEFAULT-2 · shorter\n/)
    assertRestored(ended)
    const { task } = await at.core.getTask({ id: 'DEFAULT-2' })
    assert.deepEqual([task.payload, task.timeout], [{ command: 'y' }, 60])
    assert.deepEqual((await reviewsOf(at))[0], ['DEFAULT-1', 'requeued', 'shorter'])
  })

  test('what the editor makes wrong is told, and the task stays', async t => {
    const at = await site(t, { 'editor.sh': `#!/bin/sh\necho '{"payload": {"nonsense": 1}}' > "$1"\n` })
    fs.chmodSync(path.join(at.folder, 'editor.sh'), 0o755)
    await failures(at, ['one\n'])
    const ended = await converse(
      t,
      at,
      'review',
      [
        [keys, 'e'],
        ['a note?', '\r'],
        [/script_path is missing.*q quit/s, 'q'],
      ],
      { more: { EDITOR: './editor.sh' } },
    )
    assert.match(ended.shown, /\nStopped: nothing decided\.\n/)
    assert.deepEqual(await reviewsOf(at), [['DEFAULT-1', 'unreviewed', null]])
  })

  test('q keeps what was decided and leaves the review open; the rest comes again', async t => {
    const at = await site(t)
    await failures(at, ['one\n', 'two\n'])
    const ended = await converse(t, at, 'review', [
      [keys, 'a'],
      [keys, 'q'],
    ])
    assert.match(ended.shown, /\nStopped: 1 accepted\.\n {2}sparkq review +go on with the rest\n$/)
    assert.equal(ended.code, 0)
    assertRestored(ended)
    assert.equal(await closings(at), 0)
    const rest = await converse(t, at, 'review', [[/── 1 of 1 .*DEFAULT-2.*q quit/s, 's']])
    assert.match(rest.shown, /\n1 task waits for your eye: sparkq review\n/)
    assert.equal(await closings(at), 1, 'who has seen them all has looked')
  })

  for (const [how, keysPressed, code] of [
    ['Ctrl-C', '\x03', 130],
    ['Ctrl-C while a note is typed', 'x', 130],
  ] as const) {
    test(`${how} leaves everything as decided so far, and the terminal as it was`, async t => {
      const at = await site(t)
      await failures(at, ['one\n', 'two\n'])
      const last = keysPressed === 'x' ? ([['why?', 'half\x03']] as const) : []
      const ended = await converse(t, at, 'review', [[keys, 'a'], [keys, keysPressed], ...last])
      assert.equal(ended.code, code)
      assertRestored(ended)
      assert.deepEqual(await reviewsOf(at), [
        ['DEFAULT-1', 'accepted', null],
        ['DEFAULT-2', 'unreviewed', null],
      ])
    })
  }

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 143],
  ] as const) {
    test(`${signal} from outside leaves the terminal as it was`, async t => {
      const at = await site(t)
      await failures(at, ['one\n'])
      const end = async () => {
        process.kill(pidOf(at), signal)
        return ''
      }
      const ended = await converse(t, at, 'review', [[keys, end]])
      assert.equal(ended.code, code)
      assertRestored(ended)
    })
  }

  test('b goes back, where a decision can be made anew', async t => {
    const at = await site(t)
    await failures(at, ['one\n', 'two\n'])
    const ended = await converse(t, at, 'review', [
      [keys, 'b'],
      [/first one.*q quit/s, 'a'],
      [/2 of 2.*q quit/s, 'b'],
      [/1 of 2.*review {4}accepted already.*q quit/s, 'x'],
      ['why?', '\x1b'],
      [keys, 'x'],
      ['why?', 'on second thought\r'],
      [/2 of 2.*q quit/s, 'a'],
    ])
    assert.match(ended.shown, /\nReviewed: 1 accepted, 1 rejected\.\n/)
    assert.deepEqual((await reviewsOf(at))[0], ['DEFAULT-1', 'rejected', 'on second thought'])
  })

  test('keys that mean nothing, and what is pasted, decide nothing', async t => {
    const at = await site(t)
    await failures(at, ['one\n'])
    const ended = await converse(t, at, 'review', [
      [keys, 'apple'],
      [keys, '\x1b[A'],
      [keys, 'Z'],
      [keys, '?'],
      [/leave it for later.*q quit/s, 'd'],
      [/payload.*q quit/s, 'q'],
    ])
    assert.match(ended.shown, /\nStopped: nothing decided\.\n/)
  })

  test('the whole output goes to the pager, made harmless; the keys are ours again behind it', async t => {
    const at = await site(t, { 'pager.sh': '#!/bin/sh\ncat > paged\n' })
    fs.chmodSync(path.join(at.folder, 'pager.sh'), 0o755)
    await failures(at, [`${'line\n'.repeat(100)}\x1b]0;owned\x07\x1b[31mred\x1b[0m é\n`])
    const ended = await converse(
      t,
      at,
      'review',
      [
        [keys, 'o'],
        [/1 of 1.*q quit/s, 'a'],
      ],
      { more: { PAGER: './pager.sh' } },
    )
    assert.equal(ended.code, 0)
    assert.equal(fs.readFileSync(path.join(at.folder, 'paged'), 'utf8'), `${'line\n'.repeat(100)}red é\n`)
    assert.match(ended.shown, /the end of what it wrote \(o: all of it, or sparkq logs DEFAULT-1\)/)
  })

  test('tasks can be named, decided ones too', async t => {
    const at = await site(t)
    await failures(at, ['one\n', 'two\n'])
    await at.core.reviewTask({ id: 'DEFAULT-2', decision: 'accepted' })
    const ended = await converse(t, at, 'review default-2', [
      [/1 of 1.*accepted already.*q quit/s, 'x'],
      ['why?', '\r'],
    ])
    assert.match(ended.shown, /\nReviewed: 1 rejected\.\n/)
    assert.equal(await closings(at), 0, 'who looks at some has not looked at all')
  })

  test('a narrowed review is not closed', async t => {
    const at = await site(t)
    await failures(at, ['one\n'])
    const ended = await converse(t, at, 'review -q default --since 1h', [[keys, 'a']])
    assert.match(ended.shown, /^Since \d\d:\d\d: 1 failed/)
    assert.equal(await closings(at), 0)
  })

  test('what others decide meanwhile is passed over, and what is gone too', async t => {
    const at = await site(t)
    await failures(at, ['one\n', 'two\n', 'three\n', 'four\n'])
    const others = async () => {
      await at.core.reviewTask({ id: 'DEFAULT-2', decision: 'accepted' })
      await at.core.deleteTask({ id: 'DEFAULT-3' })
      return 'a'
    }
    const ended = await converse(t, at, 'review', [
      [keys, others],
      [/4 of 4.*q quit/s, 'a'],
    ])
    assert.match(ended.shown, /\nDEFAULT-2 is accepted meanwhile\.\n/)
    assert.match(ended.shown, /\nReviewed: 2 accepted\.\nNothing left to review\.\n/)
  })

  test('many tasks are read in pages', async t => {
    const at = await site(t)
    const total = 130
    for (let i = 0; i < total; i++) {
      const { task } = await at.core.createTask({
        queue_id: 'default',
        tool_name: 'run-bash',
        payload: { command: `n ${i}` },
      })
      await at.core.claimTask({ id: 'default' })
      await at.core.failTask({ id: task.id, error_message: 'No.' })
    }
    const turns = Array.from(
      { length: total },
      (_, i) => [new RegExp(`── ${i + 1} of ${total} .*q quit`, 's'), 'a'] as const,
    )
    const ended = await converse(t, at, 'review', turns)
    assert.match(ended.shown, /\nReviewed: 130 accepted\.\nNothing left to review\.\n$/)
  })

  for (const [columns, rows] of [
    [80, 24],
    [40, 12],
    [24, 8],
  ] as const) {
    test(`hostile names and output stay in their place at ${columns} by ${rows}`, async t => {
      const at = await site(t)
      const lane = '\u{1f600}ü'.repeat(50)
      await at.core.createQueue({
        session_id: 'default',
        name: lane,
        instructions: 'Stay\x1b[2J\x1b]0;owned\x07 calm.\nSecond line',
      })
      const evil = 'x\x1b[2J\x1b[H\x1b]0;owned\x07\u202egnp.exe\r\n'
      const outputs = [
        `${evil}\x1b[31mred\x1b[0m\n${'wide \u4e2d\u6587 '.repeat(200)}\n`,
        '',
        Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256)),
        'no end of a line '.repeat(20_000),
        '10%\r50%\r100%\r',
      ]
      for (const output of outputs) {
        await at.core.createTask({
          queue_id: lane,
          tool_name: 'run-bash',
          payload: { command: `echo ${evil.repeat(20)}` },
        })
        const attempt = await claim(at, lane)
        if (output.length > 0) attempt.write('stderr', output)
        await attempt.finish(1)
      }
      const coloured = 'a\x1b[0m accept'
      const ended = await converse(
        t,
        at,
        'review',
        outputs.map(() => [coloured, 'a'] as const),
        {
          columns,
          rows,
          more: { NO_COLOR: '' },
        },
      )
      assert.match(ended.shown, /5 accepted/)
      assert.doesNotMatch(stripVTControlCharacters(ended.shown).replace(/[\n\r]/g, ''), /\p{Cc}/u)
      for (const harm of ['\x1b]', '\x1b[2J', '\x1b[H', '\x07', '\u202e'])
        assert.ok(!ended.shown.includes(harm))
      for (const shown of ended.shown.split(/\n|\r/)) {
        const width = widthOf(stripVTControlCharacters(shown))
        if (!/of work/.test(shown)) assert.ok(width <= columns, `${width}: ${JSON.stringify(shown)}`)
      }
    })
  }

  test('without UTF-8 it is plain ASCII', async t => {
    const at = await site(t)
    await failures(at, ['one\n'])
    const ended = await converse(t, at, 'review', [[keys, 'a']], { more: { LANG: 'C', LC_ALL: 'C' } })
    assert.doesNotMatch(ended.shown, /[^\p{ASCII}]/u)
    assert.match(ended.shown, /\n-- 1 of 1 -+ default - now\nx DEFAULT-1 /)
  })
})
