import assert from 'node:assert/strict'
import type { AgentRun } from '../src/contract/agents.ts'
import type { Api } from '../src/contract/api.ts'
import type { Attempt } from '../src/contract/attempts.ts'
import type { Task } from '../src/contract/tasks.ts'

export const taskOf = async (api: Api, id: string): Promise<Task> => (await api.getTask({ id })).task

/** Its last attempt, and what an agent told in that. @throws where no agent ran */
export async function runOf(api: Api, id: string): Promise<{ attempt: Attempt; agent: AgentRun }> {
  const { attempts } = await api.listAttempts({ id })
  const attempt = attempts.at(-1)
  assert.ok(attempt?.agent, `an agent ran ${id}: ${JSON.stringify(attempt)}`)
  return { attempt, agent: attempt.agent }
}

/** The last event that an agent wrote, as it wrote it. */
// biome-ignore lint/suspicious/noExplicitAny: it is the agent's
export async function lastEventOf(api: Api, id: string): Promise<any> {
  const { bytes } = await api.readOutput({ id, stream: 'stdout' })
  return JSON.parse(Buffer.from(bytes).toString('utf8').trim().split('\n').at(-1) ?? '')
}

export const providerOf = async (api: Api, name: 'claude' | 'codex') => {
  const { providers } = await api.listProviders()
  const found = providers.find(provider => provider.name === name)
  assert.ok(found, `there is a provider ${name}`)
  return found
}

/** A prompt as a person would write one, with the directives that the fake model goes by. */
export const prompt = (text: string, ...directives: string[]): string =>
  [text, ...directives.map(directive => `@${directive}`)].join('\n')
