import type { TestContext } from 'node:test'
import type { Api, Input } from '../../src/contract/api.ts'
import type { OperationName } from '../../src/contract/operations.ts'
import type { Queue } from '../../src/contract/queues.ts'
import type { Lanes } from '../../src/contract/supervision.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { type TestClock, testClock } from '../support/clock.ts'
import { checkHistory } from './history.ts'
import { observe } from './observe.ts'

/** One way to hold an Api. The suite knows nothing of it but this, and the files of the project. */
export type Implementation = {
  name: string
  /**
   * Makes a project with this `sparkq.yml` and this clock, or (`projectRoot`) opens one that is there once more, as
   * another process or machine would.
   */
  open(options: {
    clock?: () => number
    config?: string
    projectRoot?: string
    /** This process says that it keeps runners, as a server does. */
    lanes?: Lanes | undefined
  }): Promise<Opened>
}
export type Opened = { api: Api; logs: string; projectRoot: string; close(): Promise<void> }

export type World = Omit<Opened, 'close'> & {
  clock: TestClock
  /** A new session with one queue in it, of the same name. */
  lane(name?: string, input?: Partial<Input<'createQueue'>>): Promise<Queue>
  /** A task that is finished by a worker outside, unless the input says otherwise. */
  add(queue: Queue, input?: Partial<Input<'createTask'>>): Promise<Task>
  claim(queue: Queue, input?: Partial<Input<'claimTask'>>): Promise<Task>
  /** Adds a task and takes it: it must be the lane's next. */
  running(queue: Queue, input?: Partial<Input<'createTask'>>): Promise<Task>
  succeeded(queue: Queue, input?: Partial<Input<'createTask'>>): Promise<Task>
  another(): Promise<Api>
}

export type Harness = {
  open(t: TestContext, options?: { config?: string; realClock?: boolean; lanes?: Lanes }): Promise<World>
  /** The operations that have answered so far. */
  answered: Set<OperationName>
}

export function harness(implementation: Implementation): Harness {
  const answered = new Set<OperationName>()
  return {
    answered,
    open: async (t, { config = '', realClock = false, lanes } = {}) => {
      const clock = testClock()
      const timing = realClock ? {} : { clock }
      const opened = await implementation.open({ ...timing, config, lanes })
      const others: Opened[] = []
      t.after(async () => {
        try {
          await checkHistory(opened.api)
        } finally {
          for (const it of [...others, opened]) await it.close()
        }
      })
      const api = observe(opened.api, answered)
      const another = async () => {
        const other = await implementation.open({ ...timing, projectRoot: opened.projectRoot })
        others.push(other)
        return observe(other.api, answered)
      }
      return { ...opened, api, clock, another, ...shortcuts(api) }
    },
  }
}

function shortcuts(api: Api): Pick<World, 'lane' | 'add' | 'claim' | 'running' | 'succeeded'> {
  const lane: World['lane'] = async (name = 'auth', input) => {
    if (input?.session_id === undefined) await api.createSession({ name })
    return (await api.createQueue({ session_id: name, name, ...input })).queue
  }
  const add: World['add'] = async (queue, input) => {
    const given = { queue_id: queue.id, tool_name: 'run-bash', payload: { command: 'true' }, ...input }
    return (await api.createTask(given)).task
  }
  const claim: World['claim'] = async (queue, input) => {
    const { task } = await api.claimTask({ id: queue.id, ...input })
    if (task === null) throw new Error(`there was nothing to claim in ${queue.name}`)
    return task
  }
  const running: World['running'] = async (queue, input) => {
    const added = await add(queue, input)
    const claimed = await claim(queue)
    if (claimed.id !== added.id) throw new Error(`${claimed.friendly_id} was claimed first`)
    return claimed
  }
  const succeeded: World['succeeded'] = async (queue, input) => {
    const { id } = await running(queue, input)
    return (await api.completeTask({ id, result_summary: 'Done.' })).task
  }
  return { lane, add, claim, running, succeeded }
}

/** The friendly ids of some tasks: what most tests compare. */
export const namesOf = (tasks: Task[]): string[] => tasks.map(task => task.friendly_id)

/** Claims until nothing is left, and completes each: the order in which a lane is worked. */
export async function workOff({ api }: World, queue: Queue): Promise<string[]> {
  const order: string[] = []
  for (;;) {
    const { task } = await api.claimTask({ id: queue.id })
    if (task === null) return order
    order.push(task.friendly_id)
    await api.completeTask({ id: task.id, result_summary: 'Done.' })
  }
}
