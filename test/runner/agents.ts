import type { AgentOutcome } from '../../src/contract/agents.ts'
import type { Attempt } from '../../src/contract/attempts.ts'
import type { Task, TaskInput } from '../../src/contract/tasks.ts'
import { type FakeCall, fakeAgents } from '../agents/fake-agents.ts'
import { openRepository, type Repository } from '../changes/support.ts'
import type { Cleaner } from '../support/folder.ts'
import { type Lane, openLane } from './support.ts'

export type AgentLane = Lane & {
  /** The project's folder is the top of a git repository. */
  repository: Repository
  calls(): FakeCall[]
  /** Enqueues a prompt; for Claude unless it says otherwise. */
  prompt(prompt: string, more?: Partial<TaskInput>): Promise<Task>
  attempts(ref: string): Promise<Attempt[]>
}

/** A project in git with one lane, and fake agents on the PATH of its runners, until the test ends. */
export async function openAgentLane(t: Cleaner, config?: string): Promise<AgentLane> {
  const agents = fakeAgents(t)
  const before = { ...process.env }
  Object.assign(process.env, agents.env)
  t.after(() => {
    for (const name of Object.keys(agents.env)) delete process.env[name]
    Object.assign(process.env, before)
  })
  const repository = openRepository(t)
  repository.write({ '.gitignore': 'sparkq/\nsparkq.yml\nsparkq-runner-*\n*.lock\n' })
  repository.commit('Ignore what SparkQ keeps')
  const lane = await openLane(t, config, repository.folder)
  return {
    ...lane,
    repository,
    calls: agents.calls,
    prompt: async (prompt, more = {}) => {
      const input = { queue_id: 'q', tool_name: 'llm-sonnet', payload: { prompt }, ...more }
      return (await lane.api.createTask(input)).task
    },
    attempts: async ref => (await lane.api.listAttempts({ id: ref })).attempts,
  }
}

/** What becomes of a task whose agent ended so, of its first attempt. */
export const fates: Record<
  AgentOutcome,
  {
    status: Task['status']
    error_type: Task['error_type']
    wait_reason: Task['wait_reason']
    charged: boolean
  }
> = (() => {
  const done = { status: 'succeeded', error_type: null, wait_reason: null, charged: true } as const
  const failed = { status: 'failed', error_type: 'agent_error', wait_reason: null, charged: true } as const
  const limit = { status: 'queued', error_type: null, wait_reason: 'limit', charged: false } as const
  const again = { status: 'queued', error_type: null, wait_reason: null, charged: false } as const
  return {
    ok: done,
    denied: failed,
    empty: failed,
    usage_limit: limit,
    overload: limit,
    network: limit,
    auth: limit,
    billing: limit,
    max_turns: failed,
    max_budget: failed,
    lost_conversation: { ...again, wait_reason: 'retry' },
    full_conversation: { ...again, wait_reason: 'retry' },
    refused: failed,
    unknown_model: failed,
    misuse: failed,
    killed: { ...again, wait_reason: 'worker_lost' },
    no_result: failed,
    error: failed,
  }
})()
