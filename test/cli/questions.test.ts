import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { converse, hasTerminal } from './converse.ts'
import { type Site, site } from './run-cli.ts'

/** A task that somebody outside has claimed. */
async function claimed({ core }: Site): Promise<string> {
  await core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })
  const { task } = await core.claimTask({ id: 'default' })
  return task?.friendly_id as string
}

describe('a question', { concurrency: 4 }, () => {
  test('is asked by a worker, seen and answered by the person, and comes with the next claim', async t => {
    const at = await site(t)
    await claimed(at)
    const words = ['Which database?', '--option', 'old', '--option', 'new']
    const asked = await at.sparkq(['ask', 'default-1', ...words, '--attempt', '1'])
    assert.deepEqual(asked, {
      stdout: 'Asked · Which database? · DEFAULT-1: it waits for the answer\n',
      stderr: '  sparkq answer DEFAULT-1          for the person: answer it\n',
      code: 0,
      signal: null,
    })
    assert.equal((await at.sparkq(['ask', 'default-1', ...words])).code, 0)
    const seen = await at.sparkq(['questions'])
    assert.match(
      seen.stdout,
      /^DEFAULT-1 {2}default · asked [^\n]+\n {2}Which database\?\n {2}1\) old\n {2}2\) new\n$/,
    )
    assert.match(seen.stderr, /sparkq answer DEFAULT-1/)
    assert.match((await at.sparkq(['status'])).stdout, /questions +1 waits for your answer/)
    assert.match(
      (await at.sparkq(['why', 'default-1'])).stdout,
      /DEFAULT-1 asks "Which database\?" and waits/,
    )
    const shown = (await at.sparkq(['task', 'default-1'])).stdout
    assert.match(shown, /question\n {4}Which database\?\n {4}1\) old\n {4}2\) new\n/)
    assert.match(shown, /next +sparkq answer DEFAULT-1/)
    assert.match((await at.sparkq(['tasks'])).stdout, /needs you/)
    const nothing = await at.sparkq(['claim', '-q', 'default'])
    assert.deepEqual([nothing.stdout, nothing.code], ['', 0])
    assert.match(
      nothing.stderr,
      /^Nothing to take yet: DEFAULT-1 waits for the person's answer\.\n {2}sparkq questions/,
    )
    const answered = await at.sparkq(['answer', 'default-1', '2'])
    assert.deepEqual([answered.stdout, answered.code], ['Answered DEFAULT-1 · new\n', 0])
    assert.equal((await at.sparkq(['answer', 'default-1', 'new'])).code, 0)
    const other = await at.sparkq(['answer', 'default-1', 'old'])
    assert.equal(other.code, 4)
    assert.match(other.stderr, /has an answer already: new/)
    const { questions } = JSON.parse((await at.sparkq(['claim', '-q', 'default'])).stdout)
    assert.deepEqual(
      [questions[0].question, questions[0].answer, questions.length],
      ['Which database?', 'new', 1],
    )
    assert.deepEqual((await at.sparkq(['questions'])).stderr, 'Nobody asks anything.\n')
    assert.match(
      (await at.sparkq(['questions', '--all'])).stdout,
      /answered\n.*\n.*\n.*\n {2}answer {2}new\n$/,
    )
  })

  test('is answered by its id, in any words, and as JSON', async t => {
    const at = await site(t)
    await claimed(at)
    const { stdout } = await at.sparkq([
      'ask',
      '--task-id',
      'default-1',
      '--question',
      '@alice or -b?',
      '--json',
    ])
    const { question, task } = JSON.parse(stdout)
    assert.deepEqual([question.question, task.wait_reason], ['@alice or -b?', 'question'])
    const listed = JSON.parse((await at.sparkq(['questions', '-q', 'default', '--json'])).stdout)
    assert.deepEqual(listed, { questions: [question], next_cursor: null })
    const answered = await at.sparkq(['answer', question.id, '2', '--json'])
    assert.equal(JSON.parse(answered.stdout).question.answer, '2')
    assert.equal((await at.sparkq(['answer', 'qst_none', 'x'])).code, 3)
  })

  test('without words is no answer where nobody is to be asked; nothing is asked of what does not run', async t => {
    const at = await site(t)
    const id = await claimed(at)
    const nothing = await at.sparkq(['answer', id, 'x'])
    assert.deepEqual([nothing.code, /DEFAULT-1 asks nothing/.test(nothing.stderr)], [4, true])
    await at.core.askQuestion({ id, question: 'Which?' })
    const missing = await at.sparkq(['answer', id])
    assert.equal(missing.code, 2)
    assert.match(
      missing.stderr,
      /The answer is missing. DEFAULT-1 asks: Which\?\n {2}sparkq answer DEFAULT-1/,
    )
    const late = await at.sparkq(['ask', id, 'Why?'])
    assert.equal(late.code, 4)
    assert.match(late.stderr, /is queued/)
    assert.equal((await at.sparkq(['ask', id])).code, 2)
  })

  test('is answered on a terminal by choosing', { skip: !hasTerminal }, async t => {
    const at = await site(t)
    const id = await claimed(at)
    await at.core.askQuestion({ id, question: 'Which database?', options: ['old', 'new'] })
    const { shown, code } = await converse(t, at, `answer ${id}`, [['Your answer, or 1 to 2: ', '2\r']])
    assert.equal(code, 0, shown)
    assert.match(shown, /Which database\?\s+1\) old\s+2\) new/)
    assert.match(shown, /Answered DEFAULT-1 · new/)
  })
})
