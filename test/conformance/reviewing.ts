import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Queue } from '../../src/contract/queues.ts'
import { refused } from '../support/refused.ts'
import { type Harness, namesOf, type World } from './harness.ts'

export function reviewing({ open }: Harness): void {
  test('a review counts what happened since the last one was closed, and lists what needs a decision as it finished', async t => {
    const world = await open(t)
    const { api, lane, add, succeeded, clock } = world
    const [auth, docs] = [await lane('auth'), await lane('docs')]
    const nothing = await api.getReview()
    assert.deepEqual(
      [nothing.review.since, nothing.review.succeeded, nothing.review.lanes, nothing.tasks],
      [null, 0, [], []],
    )
    await failed(world, docs, 30)
    await succeeded(auth)
    await failed(world, auth, 60)
    const cancelled = await add(auth)
    await api.cancelTask({ id: cancelled.id })
    await add(docs)

    const { review, tasks } = await api.getReview()
    assert.deepEqual(namesOf(tasks), ['DOCS-1', 'AUTH-2'])
    const quiet = { status: 'active', pause_reason: null, resume_at: null } as const
    const { upto, ...said } = review
    assert.deepEqual(said, {
      since: null,
      ...{ succeeded: 1, failed: 2, cancelled: 1, work_seconds: 90, cost_usd: 0 },
      ...{ queued: 1, running: 0, waiting: 0, to_review: 2 },
      lanes: [
        {
          queue: { id: auth.id, name: 'auth', ...quiet },
          ...{ succeeded: 1, failed: 1, cancelled: 1, work_seconds: 60, cost_usd: 0 },
          ...{ queued: 0, running: 0, waiting: 0 },
        },
        {
          queue: { id: docs.id, name: 'docs', ...quiet },
          ...{ succeeded: 0, failed: 1, cancelled: 0, work_seconds: 30, cost_usd: 0 },
          ...{ queued: 1, running: 0, waiting: 0 },
        },
      ],
    })

    clock.advance(60)
    const { mark, previous } = await api.closeReview({ upto })
    assert.deepEqual([mark, previous], [{ seq: upto, at: clock.stamp() }, null])
    const after = (await api.getReview()).review
    assert.deepEqual([after.since, after.succeeded, after.failed, after.work_seconds], [mark.at, 0, 0, 0])
    assert.deepEqual([after.to_review, after.queued], [2, 1], 'what is open stays open')
    assert.deepEqual(
      after.lanes.map(it => it.queue.name),
      ['docs'],
    )
  })

  test('what comes in while the person looks is not lost by closing', async t => {
    const { api, lane, succeeded, clock } = await open(t)
    const queue = await lane()
    await succeeded(queue)
    const { review } = await api.getReview()
    clock.advance(10)
    const meanwhile = clock.stamp()
    await succeeded(queue)
    clock.advance(10)
    const closed = await api.closeReview({ upto: review.upto })
    assert.deepEqual(closed.mark, { seq: review.upto, at: meanwhile })
    const next = await api.getReview()
    assert.deepEqual([next.review.since, next.review.succeeded], [meanwhile, 1])
  })

  test('the mark is the same for every face, leaves one row in the log, and never goes back', async t => {
    const { api, lane, succeeded, another } = await open(t)
    const queue = await lane()
    await succeeded(queue)
    const early = (await api.getReview()).review.upto
    await succeeded(queue)
    const { mark } = await api.closeReview()
    assert.deepEqual((await (await another()).closeReview({ upto: early })).mark, mark)
    assert.deepEqual((await api.getReview()).review.succeeded, 0)
    const { events } = await api.listEvents({ event: 'review.closed' })
    assert.deepEqual(
      events.map(it => it.data),
      [{ upto: mark.seq, since: null }],
    )
    const ahead = await api.closeReview({ upto: 1_000_000 })
    assert.equal(ahead.mark.seq, events[0]?.seq, 'it cannot lie ahead of what happened')
  })

  test('a review can be of one lane, of one session, and from a time of one’s own', async t => {
    const world = await open(t)
    const { api, lane, clock } = world
    const [auth, docs] = [await lane('auth'), await lane('docs')]
    await failed(world, auth, 10)
    clock.advance(3600)
    const since = clock.stamp()
    clock.advance(1)
    await failed(world, auth, 10)
    await failed(world, docs, 10)
    const named = async (input: Parameters<typeof api.getReview>[0]) => {
      const { review, tasks } = await api.getReview(input)
      return [review.failed, review.to_review, namesOf(tasks)]
    }
    assert.deepEqual(await named({ queue_id: 'auth' }), [2, 2, ['AUTH-1', 'AUTH-2']])
    assert.deepEqual(await named({ session_id: 'docs' }), [1, 1, ['DOCS-1']])
    assert.deepEqual(await named({ since }), [2, 2, ['AUTH-2', 'DOCS-1']])
    assert.deepEqual(await named({ since, queue_id: 'auth' }), [1, 1, ['AUTH-2']])
    assert.equal((await api.getReview({ since })).review.since, since)
    await api.closeReview()
    assert.deepEqual(await named({ since }), [2, 2, ['AUTH-2', 'DOCS-1']])
    await refused(api.getReview({ queue_id: 'atuh' }), 'not_found', /Did you mean "auth"/)
    await refused(api.getReview({ since: '2026-02-30T00:00:00Z' }), 'invalid', /is not a time/)
  })

  test('with all, what finished since then and needs no decision is listed too', async t => {
    const world = await open(t)
    const { api, lane, succeeded } = world
    const queue = await lane()
    await failed(world, queue, 10)
    await succeeded(queue)
    await api.closeReview()
    world.clock.advance(1)
    await succeeded(queue)
    await failed(world, queue, 10)
    const { review, tasks } = await api.getReview({ all: true })
    assert.deepEqual(namesOf(tasks), ['AUTH-1', 'AUTH-3', 'AUTH-4'])
    assert.equal(review.to_review, 3)
    await api.reviewTask({ id: 'AUTH-3', decision: 'accepted' })
    assert.deepEqual(namesOf((await api.getReview({ all: true })).tasks), ['AUTH-1', 'AUTH-4'])
  })

  test('what is decided needs no decision any more; a requeue decides, and may say why', async t => {
    const world = await open(t)
    const { api, lane } = world
    const queue = await lane()
    for (let i = 0; i < 3; i++) await failed(world, queue, 1)
    await api.reviewTask({ id: 'AUTH-1', decision: 'accepted' })
    await api.reviewTask({ id: 'AUTH-2', decision: 'rejected', note: 'No.' })
    await api.requeueTask({ id: 'AUTH-3', note: 'The disk was full.' })
    assert.deepEqual((await api.getReview()).tasks, [])
    const { task } = await api.getTask({ id: 'AUTH-3' })
    assert.deepEqual([task.review, task.review_note], ['requeued', 'The disk was full.'])
  })

  test('pages of a review neither shift nor repeat while decisions are made', async t => {
    const world = await open(t)
    const { api, lane } = world
    const queue = await lane()
    for (let i = 0; i < 5; i++) await failed(world, queue, 1)
    const seen: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await api.getReview({ limit: 2, ...(cursor ? { cursor } : {}) })
      assert.ok(page.tasks.length <= 2)
      for (const { id, friendly_id } of page.tasks) {
        seen.push(friendly_id)
        await api.reviewTask({ id, decision: 'accepted' })
      }
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen, ['AUTH-1', 'AUTH-2', 'AUTH-3', 'AUTH-4', 'AUTH-5'])
    for (const wrong of ['7', 'x', '2026/', '/-1'])
      await refused(api.getReview({ cursor: wrong }), 'invalid', /cursor/)
  })

  test('attempts that were tried again are part of the work, and a lane that was paused is news', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    clock.advance(100)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    clock.advance(10)
    await claim(queue)
    clock.advance(20)
    await api.completeTask({ id, result_summary: 'Done.' })
    await api.closeReview()
    await api.pauseQueue({ id: 'auth', reason: 'Lunch' })
    const { lanes, work_seconds } = (await api.getReview({ since: clock.stamp(-1000) })).review
    assert.equal(work_seconds, 120)
    assert.equal(lanes[0]?.queue.pause_reason, 'Lunch')
    assert.deepEqual(
      (await api.getReview()).review.lanes.map(it => it.queue.status),
      ['idle'],
    )
  })
}

/** A task that runs for so many seconds and fails. */
export async function failed({ api, running, clock }: World, queue: Queue, seconds: number): Promise<void> {
  const { id } = await running(queue)
  clock.advance(seconds)
  await api.failTask({ id, error_message: 'No.' })
}
