import fc from 'fast-check'
import type { TaskInput } from '../../src/contract/tasks.ts'
import { type Step, step } from './command.ts'
import {
  given,
  isFinished,
  isQueued,
  isRunning,
  maybe,
  type Pick,
  pick,
  queueRef,
  taskRef,
  timeText,
  when,
} from './picks.ts'
import type { Model, ModelTask } from './state.ts'
import * as tasks from './tasks.ts'

/** Commands about tasks, but for their work; each with how often it comes. */

const command = fc.constantFrom<Payload>({ command: 'true' }, { command: 'false' })
const prompt = fc.constant<Payload>({ prompt: 'Fix it.' })
const payload = fc.oneof(
  { weight: 8, arbitrary: command },
  { weight: 2, arbitrary: prompt },
  { weight: 1, arbitrary: fc.constant<Payload>({}) },
)
const timeout = fc.constantFrom(10, 30, 100)

/** What is to be run: most of the time something that can be. */
const work = fc.oneof<fc.WeightedArbitrary<{ tool_name?: string; payload: Payload }>[]>(
  { weight: 24, arbitrary: fc.record({ tool_name: fc.constant('run-bash'), payload: command }) },
  { weight: 8, arbitrary: fc.record({ tool_name: fc.constant('llm-haiku'), payload: prompt }) },
  { weight: 3, arbitrary: fc.record({ payload }) },
  { weight: 1, arbitrary: fc.record({ tool_name: fc.constantFrom('run-bash', 'run-nothing'), payload }) },
)

type Payload = Record<string, unknown>
type NewTask = {
  queue: Pick
  work: { tool_name?: string; payload: Payload }
  timeout: number | undefined
  not_before: number | string | undefined
  max_attempts: number | undefined
  key: string | undefined
}

const newTask: fc.Arbitrary<NewTask> = fc.record({
  queue: pick,
  work,
  timeout: maybe(timeout),
  not_before: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: when }),
  max_attempts: maybe(fc.integer({ min: 1, max: 4 }), 2),
  key: maybe(fc.constantFrom('k1', 'k2', 'k3')),
})

const inputOf = (model: Model, it: NewTask): TaskInput =>
  given({
    queue_id: queueRef(model, it.queue),
    ...it.work,
    timeout: it.timeout,
    not_before: it.not_before === undefined ? undefined : timeText(model, it.not_before),
    max_attempts: it.max_attempts,
    idempotency_key: it.key,
  })

export const taskSteps: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 36,
    arbitrary: newTask.map(it =>
      step(
        'createTask',
        model => inputOf(model, it),
        (model, input, answer) => tasks.createTask(model, input, answer?.task.id ?? ''),
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.array(newTask, { minLength: 1, maxLength: 3 }).map(several =>
      step(
        'createTasks',
        model => ({ tasks: several.map(it => inputOf(model, it)) }),
        (model, input, answer) => {
          const ids = answer?.tasks.map(it => it.id) ?? []
          return tasks.createTasks(model, input, ids)
        },
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick, maybe(payload), maybe(timeout), maybe(fc.oneof(when, fc.constant(null))))
      .map(([which, newPayload, newTimeout, at]) =>
        step(
          'updateTask',
          model => {
            const not_before = at === undefined || at === null ? at : timeText(model, at)
            const changes = { payload: newPayload, timeout: newTimeout, not_before }
            return given({ id: taskRef(model, which, isQueued), ...changes })
          },
          tasks.updateTask,
        ),
      ),
  },
  { weight: 2, arbitrary: ofTask('deleteTask', it => !isRunning(it), tasks.deleteTask) },
  { weight: 5, arbitrary: ofTask('moveTaskFirst', isQueued, tasks.moveTaskFirst) },
  { weight: 5, arbitrary: ofTask('cancelTask', isRunning, tasks.cancelTask) },
  { weight: 2, arbitrary: ofTask('cancelTask', isQueued, tasks.cancelTask) },
  {
    weight: 4,
    arbitrary: fc.tuple(pick, maybe(payload), maybe(timeout)).map(([which, newPayload, newTimeout]) =>
      step(
        'requeueTask',
        model => given({ ...finished(model, which), payload: newPayload, timeout: newTimeout }),
        (model, input, answer) => tasks.requeueTask(model, input, answer?.task.id ?? ''),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        pick,
        fc.constantFrom('accepted' as const, 'rejected' as const, 'unreviewed' as const),
        maybe(fc.constantFrom('Well.', null)),
      )
      .map(([which, decision, note]) =>
        step('reviewTask', model => given({ ...finished(model, which), decision, note }), tasks.reviewTask),
      ),
  },
  {
    weight: 2,
    arbitrary: maybe(fc.constantFrom(0, 0.5, 3)).map(older_than_days =>
      step('purge', () => given({ older_than_days }), tasks.purge),
    ),
  },
]

const finished = (model: Model, which: Pick) => ({ id: taskRef(model, which, isFinished) })

function ofTask(
  name: 'deleteTask' | 'moveTaskFirst' | 'cancelTask',
  suits: (task: ModelTask) => boolean,
  rule: (model: Model, input: { id: string }) => unknown,
): fc.Arbitrary<Step> {
  return pick.map(which => step(name, model => ({ id: taskRef(model, which, suits) }), rule))
}
