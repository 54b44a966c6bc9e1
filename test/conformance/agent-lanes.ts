import type { AgentOutcome, AgentReport } from '../../src/contract/agents.ts'
import type { Input } from '../../src/contract/api.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { self } from '../../src/processes/identity.ts'
import type { World } from './harness.ts'

type Queue = Partial<Input<'createQueue'>>
type Finish = Partial<Input<'finishAttempt'>>

/** Lanes with a runner each, whose tasks agents work on. */
export function agentLanes(world: World, { hostname = self().hostname } = {}) {
  const { api } = world
  const runners = new Map<string, string>()
  const queues = new Set<string>()

  const open = async (name: string, queue: Queue = {}) => {
    const opened = await world.lane(name, { settings: { default_tool: 'llm-sonnet' }, ...queue })
    queues.add(name)
    await start(name)
    return opened
  }
  const start = async (name: string) => {
    const { runner } = await api.startRunner({
      queue_id: name,
      mode: 'watch',
      // One of another machine is alive as long as it is heard of.
      ...(hostname === self().hostname ? {} : { remote: true }),
      process: { ...self(), hostname },
    })
    runners.set(name, runner.id)
    return runner
  }
  const add = async (name: string, prompt = 'Hello', more: Partial<Input<'createTask'>> = {}) =>
    (await api.createTask({ queue_id: name, payload: { prompt }, ...more })).task
  /** Claims as the lane's runner. */
  const claim = (name: string, more: Partial<Input<'claimTask'>> = {}) =>
    api.claimTask({ id: name, runner_id: runners.get(name) as string, ...more })
  /** The friendly id of what was claimed, or why nothing was. */
  const ask = async (name: string, more: Partial<Input<'claimTask'>> = {}) => {
    const { task, none_because } = await claim(name, more)
    return task?.friendly_id ?? none_because
  }
  const taken = async (name: string): Promise<Task> => {
    const { task, none_because } = await claim(name)
    if (!task) throw new Error(`nothing to claim in ${name}: ${none_because}`)
    return task
  }
  const end = async (
    task: Pick<Task, 'id' | 'attempt'>,
    outcome: AgentOutcome,
    report: Partial<AgentReport> = {},
    more: Finish = {},
  ) => {
    const input = {
      ...{ id: task.id, attempt: task.attempt as number },
      ending: { kind: 'agent', outcome, detail: `It was ${outcome}.` },
      agent: { agent: 'claude', outcome, ...report },
      ...more,
    } as const
    return (await api.finishAttempt(input)).task
  }
  /** Adds a task, takes it and ends it. */
  const run = async (
    name: string,
    outcome: AgentOutcome,
    report: Partial<AgentReport> = {},
    more: Finish = {},
  ) => {
    await add(name)
    return end(await taken(name), outcome, report, more)
  }
  const provider = async (name = 'claude') => {
    const { providers } = await api.listProviders()
    const found = providers.find(it => it.name === name)
    if (!found) throw new Error(`no provider ${name}`)
    return found
  }
  return { open, start, add, claim, ask, taken, end, run, provider }
}
