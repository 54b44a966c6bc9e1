import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { agentFacts } from '../contract/agents.ts'
import type { Agent, AgentCall, AgentPlan, Where } from './agent.ts'
import { namesIn, realPath } from './files.ts'
import { createGeminiStory } from './gemini-story.ts'
import { createReader } from './reader.ts'

/** Gemini CLI, headless: it is so wherever stdin is no terminal. It has no options for turns and money. */
export const gemini: Agent = {
  name: 'gemini',
  plan,
  read: (options = {}) => createReader('gemini', createGeminiStory(options)),
  canResume,
}

function plan({ settings, session }: AgentCall): AgentPlan {
  const { model, permission_mode, args } = settings
  return {
    argv: [
      'gemini',
      ...['--output-format', 'stream-json'],
      // Else it ends with 55 in a folder that nobody has told it to trust.
      '--skip-trust',
      ...['--approval-mode', permission_mode ?? agentFacts.gemini.default_permission_mode],
      ...(model ? ['--model', model] : []),
      ...(session.id ? [session.resume ? '--resume' : '--session-id', session.id] : []),
      ...args,
    ],
    env: {},
  }
}

/** Conversations lie with the folder that they began in: `.gemini/tmp/<name>/chats/session-<time>-<start of id>.jsonl`. */
function canResume(session: string, { env, cwd }: Where): boolean {
  const start = /^[\w-]{8}/.exec(session)?.[0]
  if (!start) return false
  const tmp = path.join(env.GEMINI_CLI_HOME || env.HOME || os.homedir(), '.gemini', 'tmp')
  return namesIn(tmp)
    .filter(name => rootOf(path.join(tmp, name)) === realPath(cwd))
    .some(name => namesIn(path.join(tmp, name, 'chats')).some(it => it.includes(`-${start}.json`)))
}

function rootOf(project: string): string | undefined {
  try {
    return realPath(fs.readFileSync(path.join(project, '.project_root'), 'utf8').trim())
  } catch {
    return undefined
  }
}
