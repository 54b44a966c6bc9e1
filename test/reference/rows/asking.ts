import assert from 'node:assert/strict'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {}

/** The next task, claimed by a worker outside. */
const claimed = async (at: Place) => {
  await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })
  await at.core.claimTask({ id: 'default' })
}
const asked = async (at: Place) => {
  await claimed(at)
  const { tasks } = await at.core.listTasks({ status: 'running' })
  await at.core.askQuestion({
    id: tasks[0]?.id ?? assert.fail(),
    question: 'Old or new?',
    options: ['old', 'new'],
  })
}
const answers =
  (id: string, ...wanted: (string | null)[]) =>
  async (at: Place) => {
    const { questions } = await at.core.listQuestions({ task_id: id })
    assert.deepEqual(questions.map(it => it.answer).reverse(), wanted)
  }
const taskHas = (id: string, some: object) => async (at: Place) =>
  assert.partialDeepStrictEqual((await at.core.getTask({ id })).task, some)
const noTask = /^There is no task "NOPE-1"\.$/
const example = /sparkq ask TASK "which one\?" --option A --option B/

const asking: readonly Row[] = [
  good('questions', { err: /^Nobody asks anything\.$/m }),
  bad('<task>', 'ask NOPE-1 why?', 3, noTask, /sparkq tasks/),
  bad('<question>', 'ask DEFAULT-1', 2, /^The question is missing\.$/, example, { before: claimed }),
  bad('--question', `ask DEFAULT-1 --question ' '`, 2, /^The question must not be blank\.$/, example),
  bad('--task-id', 'ask --task-id NOPE-1 why?', 3, noTask, /sparkq tasks/),
  bad('--option', `ask DEFAULT-1 why? --option ''`, 2, /^--option must not be blank\.$/),
  bad(
    '--attempt',
    'ask DEFAULT-1 why? --attempt 2',
    3,
    /^DEFAULT-1 has no attempt 2\.$/,
    /sparkq task DEFAULT-1/,
  ),
  good('ask DEFAULT-1 "Which database?" --option old --option new --attempt 1', {
    out: /^Asked · Which database\? · DEFAULT-1: it waits for the answer$/m,
    err: /sparkq answer DEFAULT-1/,
    leaves: taskHas('DEFAULT-1', { status: 'queued', wait_reason: 'question', attempts: 0 }),
  }),
  good('ask --task-id DEFAULT-2 --question "And now?" --json', {
    before: claimed,
    leaves: json({ question: { question: 'And now?' }, task: { friendly_id: 'DEFAULT-2' } }),
  }),

  good('questions', {
    out: [/DEFAULT-1 +default · asked /, /1\) old/, /And now\?/],
    err: /sparkq answer DEFAULT-1/,
  }),
  good('questions -q default --json', {
    leaves: json({ questions: [{ friendly_id: 'DEFAULT-2', open: true }, {}] }),
  }),
  bad('--queue', 'questions -q nope', 3, /^There is no queue "nope"\.$/, /queue list/),
  bad('<task>', 'answer NOPE-1 yes', 3, noTask, /sparkq tasks/),
  bad(
    '<answer>',
    'answer DEFAULT-1',
    2,
    /^The answer is missing\. DEFAULT-1 asks: Which database\?$/,
    /sparkq answer/,
  ),
  good('answer DEFAULT-1 2', {
    out: /^Answered DEFAULT-1 · new$/m,
    leaves: async at => {
      await answers('DEFAULT-1', 'new')(at)
      await taskHas('DEFAULT-1', { status: 'queued', wait_reason: null })(at)
    },
  }),
  good('answer DEFAULT-2 "Go on." --json', {
    leaves: json({ question: { friendly_id: 'DEFAULT-2', answer: 'Go on.' } }),
  }),
  good('questions --all', { out: [/answered/, /Go on\./] }),
  bad(
    '<answer>',
    'answer DEFAULT-2 Stop.',
    4,
    /^That question of DEFAULT-2 has an answer already: Go on\.$/,
    /./,
  ),
]

const binding: readonly Row[] = [
  bad('--bind', 'claim -q default --bind 999999999', 2, /999999999/, /./),
  good(`claim -q default --bind ${process.pid}`, {
    out: /"friendly_id":"DEFAULT-1"/,
    leaves: taskHas('DEFAULT-1', { status: 'running' }),
  }),
]

const chatting: readonly Row[] = [
  good('runner -q default --chat --once', {
    process: true,
    out: [
      /^=== DEFAULT-1 · run-bash · attempt 2/m,
      /It was asked:\n +Which database\?\n.*\n +new$/m,
      / complete DEFAULT-1 /,
    ],
    leaves: taskHas('DEFAULT-1', { status: 'running' }),
  }),
  bad('--chat', 'runner --all --chat', 2, /^--chat is for one lane: leave it out, or --all\.$/),
]

/** The last: what is asked here stays open. */
const left: readonly Row[] = [good('questions -q default', { before: asked, out: /Old or new\?/ })]

export const rows: readonly Row[] = [...asking, ...binding, ...chatting, ...left]
