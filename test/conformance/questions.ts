import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import { type Harness, namesOf, workOff } from './harness.ts'

/** A task that a live runner executes. */
async function executed(api: Api): Promise<string> {
  const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
  const { task } = await api.claimTask({ id: 'auth', runner_id: runner.id })
  return task?.id as string
}

export function questions({ open }: Harness): void {
  test('a worker that asks gives its task back, uncharged, to wait for the answer', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const asked = await api.askQuestion({ id, question: ' Old or new? ', options: ['old', 'new'] })
    const { question, task } = asked
    assert.deepEqual(question, {
      id: question.id,
      task_id: id,
      friendly_id: 'AUTH-1',
      queue: { id: task.queue.id, name: 'auth' },
      attempt: 1,
      question: 'Old or new?',
      options: ['old', 'new'],
      asked_at: clock.stamp(),
      open: true,
      answer: null,
      answered_at: null,
      answered_by: null,
    })
    assert.match(question.id, /^qst_/)
    assert.deepEqual(
      [task.status, task.wait_reason, task.attempts, task.attempt, task.not_before, task.worker_id],
      ['queued', 'question', 0, 1, null, null],
    )
    const [attempt] = (await api.listAttempts({ id })).attempts
    assert.deepEqual([attempt?.outcome, attempt?.charged, attempt?.error_type], ['returned', false, null])
    const said = (await api.listEvents({ task_id: id, limit: 2 })).events.map(it => [it.event, it.data])
    assert.deepEqual(said[1], [
      'question.asked',
      { question_id: question.id, question: 'Old or new?', options: ['old', 'new'] },
    ])
    assert.equal(said[0]?.[0], 'task.returned')
  })

  test('the lane goes on without it; answered, it is the next again, and the claim carries the answer', async t => {
    const { api, lane, add, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue)
    for (let n = 0; n < 2; n++) await add(queue)
    const { question } = await api.askQuestion({ id, question: 'Old or new?', options: ['old', 'new'] })
    assert.equal((await claim(queue)).friendly_id, 'AUTH-2')
    clock.advance(60)
    const answered = await api.answerQuestion({ id: question.id, answer: 'new ' })
    assert.deepEqual(answered.question, {
      ...question,
      open: false,
      answer: 'new',
      answered_at: clock.stamp(),
      answered_by: 'test',
    })
    const again = await claim(queue)
    assert.equal(again.friendly_id, 'AUTH-1')
    const carried = [{ id: question.id, question: 'Old or new?', options: ['old', 'new'], answer: 'new' }]
    assert.deepEqual(again.questions, carried)
    const { task } = await api.getTask({ id })
    assert.deepEqual([task.attempt, task.attempts, task.wait_reason, task.questions], [2, 1, null, carried])
    assert.ok((await api.listTasks()).tasks.every(it => it.questions === undefined))
  })

  test('a lane that is to wait with it, waits', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane('auth', { settings: { on_wait: 'block' } })
    const { id } = await running(queue)
    await add(queue)
    const { question } = await api.askQuestion({ id, question: 'Which?' })
    assert.equal((await api.claimTask({ id: 'auth' })).none_because, 'waiting')
    await api.updateTask({ id, not_before: '2027-01-01T00:00:00Z' })
    assert.equal((await api.claimTask({ id: 'auth' })).none_because, 'waiting')
    await api.updateTask({ id, not_before: null })
    await api.answerQuestion({ id: question.id, answer: 'This.' })
    assert.deepEqual(await workOff({ api } as never, queue), ['AUTH-1', 'AUTH-2'])
  })

  test('asked or answered again in the same words, it is the same; in others, another or refused', async t => {
    const { api, lane, running, claim } = await open(t)
    const queue = await lane()
    const { id } = await running(queue)
    const words = { id, question: 'Which?', options: ['A'] }
    const first = await api.askQuestion(words)
    assert.deepEqual(await api.askQuestion({ ...words, attempt: 1 }), first)
    await refused(api.askQuestion({ ...words, question: 'Where?' }), 'conflict', /AUTH-1 is queued/)
    const said = { id: first.question.id, answer: 'A' }
    const answered = await api.answerQuestion(said)
    assert.deepEqual(await api.answerQuestion(said), answered)
    await refused(api.answerQuestion({ ...said, answer: 'B' }), 'conflict', /has an answer already: A/)
    await claim(queue)
    await refused(api.askQuestion({ ...words, question: 'Why?', attempt: 1 }), 'conflict', /Attempt 1/)
    const second = await api.askQuestion(words)
    assert.notEqual(second.question.id, first.question.id)
    assert.deepEqual(
      (await api.getTask({ id })).task.questions?.map(it => it.answer),
      ['A', null],
    )
  })

  test('nothing is asked of a task that does not run, and nothing in blank words', async t => {
    const { api, lane, add, succeeded } = await open(t)
    const queue = await lane()
    await succeeded(queue)
    await add(queue)
    await refused(api.askQuestion({ id: 'AUTH-2', question: 'Which?' }), 'conflict')
    await refused(api.askQuestion({ id: 'AUTH-1', question: 'Which?' }), 'conflict', /is succeeded/)
    await refused(api.askQuestion({ id: 'AUTH-9', question: 'Which?' }), 'not_found')
    await refused(api.askQuestion({ id: 'AUTH-1', question: ' \n' }), 'invalid', /must not be blank/)
    await refused(api.askQuestion({ id: 'AUTH-1', question: 'Which?', options: [' '] }), 'invalid')
    await refused(api.answerQuestion({ id: 'qst_0', answer: 'This.' }), 'not_found', /sparkq|qst_0/)
    await refused(api.answerQuestion({ id: 'qst_0', answer: ' ' }), 'invalid')
  })

  test('what a runner executes runs on when it asks, and goes back when it has ended well', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const id = await executed(api)
    const { question, task } = await api.askQuestion({ id, question: 'Which?' })
    assert.deepEqual([task.status, task.wait_reason, question.open], ['running', null, true])
    const ended = await api.finishAttempt({
      id,
      attempt: 1,
      ending: { kind: 'exit', code: 0 },
      result_summary: 'I asked.',
    })
    assert.deepEqual(
      [ended.task.status, ended.task.wait_reason, ended.task.attempts, ended.task.result_summary],
      ['queued', 'question', 0, null],
    )
    const [attempt] = (await api.listAttempts({ id })).attempts
    assert.deepEqual(
      [attempt?.outcome, attempt?.result_summary, attempt?.exit_code],
      ['returned', 'I asked.', 0],
    )
  })

  test('an answer that comes while it still runs is for its next attempt, which comes at once', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const id = await executed(api)
    const { question } = await api.askQuestion({ id, question: 'Which?' })
    await api.answerQuestion({ id: question.id, answer: 'This.' })
    const ended = await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 0 } })
    assert.deepEqual([ended.task.status, ended.task.wait_reason], ['queued', null])
    const { task } = await api.claimTask({ id: 'auth' })
    assert.equal(task?.questions?.[0]?.answer, 'This.')
    await api.completeTask({ id, result_summary: 'Done.' })
    assert.equal((await api.getTask({ id })).task.status, 'succeeded')
  })

  test('one that asked and then failed has failed; nobody waits for the answer', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const id = await executed(api)
    const { question } = await api.askQuestion({ id, question: 'Which?' })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    assert.equal((await api.getTask({ id })).task.status, 'failed')
    await refused(api.answerQuestion({ id: question.id, answer: 'This.' }), 'conflict', /AUTH-1 is failed/)
    assert.deepEqual((await api.listQuestions({ open: true })).questions, [])
    assert.equal((await api.listQuestions()).questions[0]?.open, false)
  })

  test('questions are listed newest first, of one lane or task, and counted while they are open', async t => {
    const { api, lane, add, running } = await open(t)
    for (const name of ['auth', 'web']) {
      const { id } = await running(await lane(name))
      await api.askQuestion({ id, question: `Which in ${name}?` })
    }
    const ask = async (input: Parameters<Api['listQuestions']>[0]) =>
      (await api.listQuestions(input)).questions.map(it => it.friendly_id)
    assert.deepEqual(await ask({}), ['WEB-1', 'AUTH-1'])
    assert.deepEqual(await ask({ queue_id: 'auth' }), ['AUTH-1'])
    assert.deepEqual(await ask({ task_id: 'web-1' }), ['WEB-1'])
    const { questions: page, next_cursor } = await api.listQuestions({ limit: 1 })
    assert.deepEqual(
      [page.map(it => it.friendly_id), await ask({ cursor: next_cursor as string })],
      [['WEB-1'], ['AUTH-1']],
    )
    assert.equal((await api.getStats()).questions, 2)
    await api.answerQuestion({ id: page[0]?.id as string, answer: 'This.' })
    assert.deepEqual([await ask({ open: true }), await ask({ open: false })], [['AUTH-1'], ['WEB-1']])
    await api.cancelTask({ id: 'AUTH-1' })
    assert.equal((await api.getStats()).questions, 0)
    await add((await api.getQueue({ id: 'auth' })).queue)
    assert.deepEqual(namesOf((await api.listTasks({ queue_id: 'auth' })).tasks), ['AUTH-2', 'AUTH-1'])
  })

  test('why says what it asks', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane('auth', { settings: { on_wait: 'block' } })
    const { id } = await running(queue)
    await add(queue)
    await api.askQuestion({ id, question: 'Which?' })
    const { why } = await api.explainTask({ id })
    assert.deepEqual(
      [why.code, why.sentence.split(',')[0], why.next.at(-1)],
      ['question', 'AUTH-1 asks "Which?" and waits for the answer', 'sparkq answer AUTH-1'],
    )
    const { why: behind } = await api.explainTask({ id: 'AUTH-2' })
    assert.equal(behind.code, 'behind')
    assert.match(behind.sentence, /AUTH-1, which asks "Which\?"/)
  })

  test('a task that asked is one to look at when it has succeeded, unless reviews leave that out', async t => {
    for (const [needs, expected] of [
      ['[failures, questions]', true],
      ['[failures]', false],
    ] as const) {
      const { api, lane, running, claim } = await open(t, { config: `review: { needs: ${needs} }` })
      const queue = await lane()
      const { id } = await running(queue)
      const { question } = await api.askQuestion({ id, question: 'Which?' })
      await api.answerQuestion({ id: question.id, answer: 'This.' })
      await claim(queue)
      const { task } = await api.completeTask({ id, result_summary: 'Done.' })
      assert.equal(task.needs_review, expected)
    }
  })
}
