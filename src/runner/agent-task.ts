import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { AgentCall } from '../agents/agent.ts'
import { agentOf } from '../agents/agents.ts'
import type { PromptPayload } from '../contract/payloads.ts'
import { answersText } from '../contract/questions.ts'
import type { Task } from '../contract/tasks.ts'
import type { Tool } from '../contract/tools.ts'
import type { AgentTool } from '../driver/plan.ts'
import { taskPrompt } from '../driver/prompts.ts'
import type { Bench } from './bench.ts'

/** What an agent is told, and how it is called. `argv`: its first call, for people to see. */
export type AgentWork = { tool: AgentTool; prompt: string; argv: string[] }

/** These take the id that a new conversation is to have; the others say which one they gave it. */
const takesId: readonly string[] = ['claude', 'gemini']

/** Finds the conversation that a task belongs into, and what is to be said in it. */
export async function prepareAgent(
  { api, env }: Pick<Bench, 'api' | 'env'>,
  task: Task,
  tool: Tool & { agent: NonNullable<Tool['agent']> },
  cwd: string,
): Promise<AgentWork> {
  const agent = agentOf(tool.agent)
  const { conversation, digest, instructions, instructions_changed } = await api.openConversation({
    id: task.id,
    attempt: task.attempt as number,
    agent: tool.agent,
    host: os.hostname(),
    ...(takesId.includes(tool.agent) ? { session_id: randomUUID() } : {}),
  })
  const { session_id: id, begun } = conversation
  // What an earlier run began may be there although nobody lived to say so; what is gone the agent itself says best.
  const resume = id !== null && (begun || agent.canResume(id, { env, cwd }))
  const { model, args, permission_mode, max_turns, max_budget_usd, use_api_key } = tool
  const settings: AgentCall['settings'] = { model, args, permission_mode, max_turns, max_budget_usd }
  const session = { id, resume }
  return {
    tool: { kind: 'agent', agent: tool.agent, settings, session, use_api_key },
    argv: agent.plan({ settings, session, cwd }).argv,
    prompt: taskPrompt({
      prompt: (task.payload as PromptPayload).prompt,
      instructions,
      instructions_changed: resume && instructions_changed,
      digest,
      interrupted: await lastEnd(api, task),
      answers: answersText(task.questions),
    }),
  }
}

/** How the run before this one was cut off, where it had begun to work; one that ended with a question was not. */
async function lastEnd(api: Bench['api'], { id, attempt }: Task): Promise<string | null> {
  if (attempt === null || attempt < 2) return null
  const { attempts } = await api.listAttempts({ id })
  const last = attempts.filter(it => it.number < attempt && it.started_at !== null).at(-1)
  return last?.error_message ?? null
}
