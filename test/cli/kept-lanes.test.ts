import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kept, keptText } from '../../src/cli/kept-lanes.ts'
import { megabytes } from '../../src/contract/words.ts'

/** What a server works that was told of sessions, and of single lanes: `on` a runner, `off` none. */
const kept = (sessions: string[], on: string[], off: string[] = [], all = false): Kept => ({
  supervision: { all, sessions: sessions.map(name => ({ id: name, name })) } as Kept['supervision'],
  queues: [
    ...on.map(name => ({ name, runner_wanted: 'on' })),
    ...off.map(name => ({ name, runner_wanted: 'off' })),
  ] as Kept['queues'],
})

test('what a server works is a list as one says it', () => {
  const said = [
    kept([], []),
    kept([], ['a']),
    kept([], ['a', 'b', 'c']),
    kept(['v1', 'v2'], []),
    kept(['v1'], ['a', 'b']),
    kept([], ['a'], ['b', 'c'], true),
  ].map(keptText)
  assert.deepEqual(said, [
    'no lane',
    'a',
    'a, b and c',
    'the lanes of v1 and v2',
    'the lanes of v1, and a and b',
    'every active lane but b and c',
  ])
})

test('a little is never said to be nothing', () => {
  const mb = 1024 * 1024
  assert.deepEqual([1, 4096, 0.2 * mb, 9.44 * mb, 31 * mb].map(megabytes), [
    '1 KB',
    '4 KB',
    '0.2 MB',
    '9.4 MB',
    '31 MB',
  ])
})
