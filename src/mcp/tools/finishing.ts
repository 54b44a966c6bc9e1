import { Type } from '@sinclair/typebox'
import { operations } from '../../contract/operations.ts'
import type { Task } from '../../contract/tasks.ts'
import { digest, WorkTask, waitCall, workTask } from '../handed.ts'
import { nextCalls, nextText, paragraphs } from '../next.ts'
import { defineTool } from '../tool.ts'

const Finished = Type.Object({ task: WorkTask, next: nextCalls })

const { result_summary, result_data } = operations.completeTask.input.properties
const { error_message, error_detail } = operations.failTask.input.properties
const { id: task, attempt: number } = operations.completeTask.input.properties
const { question, options } = operations.askQuestion.input.properties
const attempt = Type.Optional({
  ...number,
  description: 'the attempt that you were given; refused when the task is no longer yours',
})

export const complete = defineTool({
  name: 'complete',
  title: 'Finish a task as done',
  description:
    'Finishes a task that you have claimed. The summary is what the person reads: what was done, in a sentence or a few.',
  input: Type.Object({ task, attempt, result_summary, result_data }, { additionalProperties: false }),
  output: Finished,
  nature: 'same',
  run: async ({ task, ...result }, { api }) => {
    const answer = await api.completeTask({ id: task, ...result })
    return finished(answer.task, `Completed ${answer.task.friendly_id}.`)
  },
})

export const fail = defineTool({
  name: 'fail',
  title: 'Finish a task as failed',
  description:
    'Gives a task up that you have claimed and cannot do, with the reason in a sentence. The lane goes on with the next one.',
  input: Type.Object({ task, attempt, error_message, error_detail }, { additionalProperties: false }),
  output: Finished,
  nature: 'same',
  run: async ({ task, ...failure }, { api }) => {
    const answer = await api.failTask({ id: task, ...failure })
    return finished(answer.task, `${answer.task.friendly_id} is failed.`)
  },
})

export const ask = defineTool({
  name: 'ask',
  title: 'Ask the person',
  description:
    'Asks the person about a task that you have claimed, where only they can decide. The task goes back to its lane, at no cost, and comes again to whoever claims it then, with the answer: stop working on it, and go on with the next. options are answers that you propose.',
  input: Type.Object({ task, attempt, question, options }, { additionalProperties: false }),
  output: Type.Object({
    ...Finished.properties,
    question: operations.askQuestion.output.properties.question,
  }),
  nature: 'same',
  run: async ({ task, ...asked }, { api }) => {
    const answer = await api.askQuestion({ id: task, ...asked })
    const { friendly_id, status } = answer.task
    const becomes =
      status === 'running'
        ? `A runner has you do ${friendly_id}: end your turn, and it comes back with the answer.`
        : `${friendly_id} waits for the answer; it is not yours any more.`
    const { data, text } = finished(answer.task, `Asked. ${becomes}`)
    return { data: { ...data, question: answer.question }, text }
  },
})

function finished(task: Task, sentence: string) {
  const next = [waitCall(task.queue.name, digest(task.queue.instructions))]
  return { data: { task: workTask(task), next }, text: paragraphs(sentence, nextText(next)) }
}
