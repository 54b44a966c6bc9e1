import type { Model, ModelQueue, ModelRunner, ModelSession, ModelTask } from './state.ts'
import { tasksIn } from './state.ts'

/** What the Api shows of the model's things: the same fields, under the same names. */

export const sessionView = (model: Model, session: ModelSession) => ({
  ...session,
  queue_count: model.queues.filter(it => it.session === session && it.status !== 'archived').length,
})

export function queueView(model: Model, queue: ModelQueue) {
  const { order: _, lastNumber: __, archivedFrom: ___, session, ...fields } = queue
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0 }
  for (const task of tasksIn(model, queue)) counts[task.status]++
  return { ...fields, session: { id: session.id, name: session.name }, counts }
}

/** As it stands in a listing. */
export function taskRow({ attemptList: _, asked: __, queue, ...task }: ModelTask) {
  const { id, name, session } = queue
  return { ...task, queue: { id, name }, session: { id: session.id, name: session.name } }
}

/** As one task is answered: with its lane's instructions, and what its workers asked. */
export function taskView(task: ModelTask) {
  const row = taskRow(task)
  const questions = task.asked.map(({ id, question, options, answer }) => ({ id, question, options, answer }))
  return { ...row, queue: { ...row.queue, instructions: task.queue.instructions }, questions }
}

export const runnerView = (runner: ModelRunner) => ({
  id: runner.id,
  queue: { id: runner.queue.id, name: runner.queue.name },
  worker_id: runner.worker_id,
  lost: !runner.alive,
})
