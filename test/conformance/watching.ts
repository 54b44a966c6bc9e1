import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import type { Event } from '../../src/contract/events.ts'
import type { Harness } from './harness.ts'
import { allEvents } from './history.ts'

/** The next `count` events. */
async function take(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = []
  for await (const event of events) {
    taken.push(event)
    if (taken.length === count) return taken
  }
  return taken
}

const sessions = async (api: Api, count: number, name = 's') => {
  for (let n = 0; n < count; n++) await api.createSession({ name: `${name}${n}` })
}

const limit = { timeout: 8_000 }

export function watching({ open }: Harness): void {
  test('events come as they happen, in order, none skipped and none twice', limit, async t => {
    const { api } = await open(t)
    const taken = take(api.watchEvents({ after: 0, signal: t.signal }), 251)
    await sessions(api, 250)
    assert.deepEqual(await taken, (await allEvents(api)).slice(0, 251))
  })

  test(
    'without `after`, only what happens from the call on is told, however late it is read',
    limit,
    async t => {
      const { api } = await open(t)
      await sessions(api, 2, 'before')
      const events = api.watchEvents({ signal: t.signal })
      await sessions(api, 2, 'after')
      const taken = await take(events, 2)
      assert.deepEqual(taken, (await allEvents(api)).slice(-2))
    },
  )

  test('`after` goes on behind an event: a reader that comes back has missed nothing', limit, async t => {
    const { api } = await open(t)
    await sessions(api, 3)
    const [first, second] = await take(api.watchEvents({ after: 0, signal: t.signal }), 2)
    await sessions(api, 300, 'more')
    const rest = await take(api.watchEvents({ after: second?.seq as number, signal: t.signal }), 302)
    assert.deepEqual([first, second, ...rest], await allEvents(api))
  })

  test('what another process does is told too, in the order it was committed', limit, async t => {
    const { api, another } = await open(t)
    const other = await another()
    const from = (await allEvents(api)).at(-1)?.seq ?? 0
    const taken = take(api.watchEvents({ after: from, signal: t.signal }), 60)
    for (let n = 0; n < 30; n++) {
      await other.createSession({ name: `theirs ${n}` })
      await api.createSession({ name: `ours ${n}` })
    }
    assert.deepEqual(await taken, (await api.listEvents({ after: from, limit: 500 })).events)
  })

  test('a reader that waits is woken by another process within moments', limit, async t => {
    const { api, another } = await open(t)
    const other = await another()
    const events = api.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
    for (let n = 0; n < 5; n++) {
      const next = events.next()
      await new Promise(resolve => setImmediate(resolve))
      const { session } = await other.createSession({ name: `theirs ${n}` })
      assert.equal((await next).value.session_id, session.id)
    }
    await events.return?.()
  })

  test('two readers see the same, each at its own pace', limit, async t => {
    const { api } = await open(t)
    const slow = api.watchEvents({ after: 0, signal: t.signal })
    const fast = take(api.watchEvents({ after: 0, signal: t.signal }), 21)
    await sessions(api, 20)
    assert.deepEqual(await take(slow, 21), await fast)
  })

  test('an abort ends it, while it waits and before it begins', limit, async t => {
    const { api } = await open(t)
    const watching = new AbortController()
    const ended = take(api.watchEvents({ signal: watching.signal }), 1)
    await new Promise(resolve => setImmediate(resolve))
    watching.abort()
    assert.deepEqual(await ended, [])
    assert.deepEqual(await take(api.watchEvents({ after: 0, signal: AbortSignal.abort() }), 1), [])
  })

  test('an abort ends it in the middle of what there is to read', limit, async t => {
    const { api } = await open(t)
    await sessions(api, 10)
    const watching = new AbortController()
    const seen: number[] = []
    for await (const { seq } of api.watchEvents({ after: 0, signal: watching.signal })) {
      seen.push(seq)
      if (seen.length === 3) watching.abort()
    }
    assert.equal(seen.length, 3)
  })
}
