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

const payload: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom({ command: 'true' }, { command: 'false' }) },
  { weight: 2, arbitrary: fc.constant({ prompt: 'Fix it.' }) },
  { weight: 1, arbitrary: fc.constant({}) },
)
const tool = fc.oneof(
  { weight: 9, arbitrary: fc.constant('run-bash') },
  { weight: 3, arbitrary: fc.constant('llm-haiku') },
  { weight: 1, arbitrary: fc.constant('run-nothing') },
)
const timeout = fc.constantFrom(10, 30, 100)

const newTask = fc.record({
  queue: pick,
  tool: maybe(tool, 4),
  payload,
  timeout: maybe(timeout),
  not_before: maybe(when),
  max_attempts: maybe(fc.integer({ min: 1, max: 4 }), 2),
  key: maybe(fc.constantFrom('k1', 'k2')),
})

function inputOf(model: Model, it: typeof newTask extends fc.Arbitrary<infer T> ? T : never): TaskInput {
  // Most of the time the tool that the payload is for.
  const tool_name = it.tool === 'run-bash' && 'prompt' in it.payload ? 'llm-haiku' : it.tool
  return given({
    queue_id: queueRef(model, it.queue),
    tool_name,
    payload: it.payload,
    timeout: it.timeout,
    not_before: it.not_before === undefined ? undefined : timeText(model, it.not_before),
    max_attempts: it.max_attempts,
    idempotency_key: it.key,
  })
}

export const taskSteps: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 14,
    arbitrary: newTask.map(it =>
      step(
        'createTask',
        model => inputOf(model, it),
        (model, input, answer) => tasks.createTask(model, input, answer?.task.id ?? ''),
      ),
    ),
  },
  {
    weight: 2,
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
  { weight: 4, arbitrary: ofTask('moveTaskFirst', isQueued, tasks.moveTaskFirst) },
  { weight: 3, arbitrary: ofTask('cancelTask', isRunning, tasks.cancelTask) },
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
        fc.constantFrom('accepted' as const, 'rejected' as const),
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
