import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPrompt, taskPrompt } from '../../src/driver/prompts.ts'

test('the lane’s instructions go in front, the task’s own text is unchanged', () => {
  assert.equal(
    taskPrompt({ prompt: ' --fix\n it ', instructions: ' Be kind.\n' }),
    'Be kind.\n\n --fix\n it ',
  )
  assert.equal(taskPrompt({ prompt: '- do', instructions: null }), '- do')
  assert.equal(taskPrompt({ prompt: 'x', instructions: ' \n' }), 'x')
})

test('changed instructions are announced, and so is that there are none any more', () => {
  const changed = taskPrompt({ prompt: 'x', instructions: 'Be quick.', instructions_changed: true })
  assert.match(changed, /^The instructions of this lane have changed.*:\n\nBe quick.\n\nx$/)
  assert.match(
    taskPrompt({ prompt: 'x', instructions: null, instructions_changed: true }),
    /^The instructions of this lane were taken back.*\n\nx$/,
  )
})

test('what was lost, and what was interrupted, stands before the task', () => {
  const text = taskPrompt({
    prompt: 'the task',
    instructions: 'Be kind.',
    digest: '- A-1 (succeeded): this',
    interrupted: 'the runner was killed.',
  })
  assert.match(
    text,
    /^Be kind.\n\nThe conversation .* is not there any more. .*:\n\n- A-1 \(succeeded\): this\n\nAn earlier run .*interrupted \(the runner was killed\).*git status.* The task:\n\nthe task$/,
  )
})

test('what the person answered stands behind the task', () => {
  const prompt = taskPrompt({
    prompt: 'Take one.',
    instructions: 'Be kind.',
    answers: 'Your question: Which?\nThe answer: A',
  })
  assert.equal(prompt, 'Be kind.\n\nTake one.\n\nYour question: Which?\nThe answer: A')
})

test('a failed check says the command, how it ended and what it printed', () => {
  const text = checkPrompt({ command: 'npm test', code: 3, output: 'one\n```js\ntwo\n```\n\n' })
  assert.match(
    text,
    /exit code 3:\n\n```\nnpm test\n```\n\nThe end of what it printed:\n\n````\none\n```js\ntwo\n```\n````\n/,
  )
  assert.match(
    checkPrompt({ command: 'x', code: null, output: ' \n' }),
    /ended by a signal.*It printed nothing/s,
  )
})
