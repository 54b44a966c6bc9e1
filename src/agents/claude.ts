import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { agentFacts } from '../contract/agents.ts'
import type { Agent, AgentCall, AgentPlan, Where } from './agent.ts'
import { createClaudeStory } from './claude-story.ts'
import { namesIn } from './files.ts'
import { createReader } from './reader.ts'

/** Claude Code, by `claude -p`. */
export const claude: Agent = {
  name: 'claude',
  plan,
  read: (options = {}) => createReader('claude', createClaudeStory(options)),
  canResume,
}

function plan({ settings, session }: AgentCall): AgentPlan {
  const { model, permission_mode, max_turns, max_budget_usd, args } = settings
  return {
    argv: [
      'claude',
      '-p',
      // Without --verbose it refuses this format, and any other loses the time at which a limit is over.
      ...['--output-format', 'stream-json', '--verbose'],
      ...(session.id ? [session.resume ? '--resume' : '--session-id', session.id] : []),
      ...['--permission-mode', permission_mode ?? agentFacts.claude.default_permission_mode],
      ...(model ? ['--model', model] : []),
      ...(max_turns === null ? [] : ['--max-turns', String(max_turns)]),
      ...(max_budget_usd === null ? [] : ['--max-budget-usd', String(max_budget_usd)]),
      // Last: of two equal options the later one counts, and one such as --allowedTools takes all words that follow.
      ...args,
    ],
    env: {
      DISABLE_AUTOUPDATER: '1',
      // Ten of them, its default, take three minutes; waiting is our part, where others can go on meanwhile.
      CLAUDE_CODE_MAX_RETRIES: '3',
      // They keep the process alive after its result, and begin further turns.
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    },
  }
}

/** A conversation is a file in the folder of whatever directory it began in; since 2.1.223 it goes on in any other. */
function canResume(session: string, { env }: Where): boolean {
  if (!/^[\w-]+$/.test(session)) return false
  const home = env.CLAUDE_CONFIG_DIR || path.join(env.HOME || os.homedir(), '.claude')
  const projects = path.join(home, 'projects')
  return namesIn(projects).some(name => fs.existsSync(path.join(projects, name, `${session}.jsonl`)))
}
