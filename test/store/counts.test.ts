import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Task } from '../../src/contract/tasks.ts'
import type { Core } from '../../src/core/core.ts'
import { checkHistory } from '../conformance/history.ts'
import { testClock } from '../support/clock.ts'
import { openProject } from '../support/project.ts'

/** One random operation; `pick` chooses a task of those there are. What is refused is refused. */
const operations = {
  add: (api, queue_id) =>
    api.createTask({ queue_id, tool_name: 'run-bash', payload: { command: 'true' }, max_attempts: 2 }),
  claim: (api, id) => api.claimTask({ id }),
  complete: (api, _queue, { id }) => api.completeTask({ id, result_summary: 'Done.' }),
  crash: (api, _queue, { id, attempt }) =>
    api.finishAttempt({ id, attempt: attempt ?? 1, ending: { kind: 'exit', code: 1 } }),
  vanish: (api, _queue, { id, attempt }) =>
    api.finishAttempt({ id, attempt: attempt ?? 1, ending: { kind: 'vanished', detail: 'x' } }),
  cancel: (api, _queue, { id }) => api.cancelTask({ id }),
  requeue: (api, _queue, { id }) => api.requeueTask({ id }),
  remove: (api, _queue, { id }) => api.deleteTask({ id }),
  first: (api, _queue, { id }) => api.moveTaskFirst({ id }),
  pause: (api, id) => api.pauseQueue({ id }),
  resume: (api, id) => api.resumeQueue({ id }),
  archive: (api, id) => api.archiveQueue({ id }),
  unarchive: (api, id) => api.unarchiveQueue({ id }),
  sweep: api => api.sweep(),
  purge: api => api.purge({ older_than_days: 0.01 }),
} satisfies Record<string, (api: Core, queue: string, task: Task) => Promise<unknown>>

const step = fc.record({
  name: fc.constantFrom(
    ...(Object.keys(operations) as (keyof typeof operations)[]),
    'add' as const,
    'claim' as const,
  ),
  queue: fc.constantFrom('one', 'two'),
  pick: fc.nat(),
  wait: fc.constantFrom(0, 5, 700),
})

test('whatever is done, counts and audit log tell the truth', async t => {
  const run = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async steps => {
    const clock = testClock()
    const { core } = openProject(t, { clock })
    await core.createSession({ name: 's' })
    for (const name of ['one', 'two']) await core.createQueue({ session_id: 's', name })
    for (const { name, queue, pick, wait } of steps) {
      clock.advance(wait)
      const { tasks } = await core.listTasks({ limit: 500 })
      const task = tasks[pick % Math.max(1, tasks.length)]
      try {
        await operations[name](core, queue, task ?? ({ id: 'tsk_none', attempt: 1 } as Task))
      } catch (error) {
        assert.ok(['conflict', 'not_found'].includes((error as { code: string }).code), String(error))
      }
    }
    await checkHistory(core)
  })
  await fc.assert(run, { numRuns: 40 })
})
