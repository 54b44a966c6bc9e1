import type { AgentName } from '../contract/agents.ts'
import type { Agent } from './agent.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { gemini } from './gemini.ts'

const agents: Record<AgentName, Agent> = { claude, codex, gemini }

export const agentOf = (name: AgentName): Agent => agents[name]
