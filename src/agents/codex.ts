import { agentFacts } from '../contract/agents.ts'
import type { Agent, AgentCall, AgentPlan } from './agent.ts'
import { findRollout, resetFromRollout } from './codex-limits.ts'
import { createCodexStory } from './codex-story.ts'
import { createReader } from './reader.ts'

/** Codex, by `codex exec`. It has no options for turns and money (`agentFacts.codex.limits`), and chooses its own ids. */
export const codex: Agent = {
  name: 'codex',
  plan,
  read: (options = {}) => createReader('codex', createCodexStory(options)),
  canResume: (session, { env }) => findRollout(session, env) !== undefined,
  resetFrom: (session, env) => resetFromRollout(session, env),
}

function plan({ settings, session }: AgentCall): AgentPlan {
  const { model, permission_mode, args } = settings
  return {
    argv: [
      ...['codex', 'exec'],
      // First: it takes no option twice, and one such as --image takes all words that follow up to the next option.
      ...args,
      ...['--json', '--skip-git-repo-check'],
      // Before `resume`, which does not know it.
      ...['-s', permission_mode ?? agentFacts.codex.default_permission_mode],
      ...(model ? ['-m', model] : []),
      ...(session.resume && session.id ? ['resume', session.id] : []),
      '-',
    ],
    env: {},
  }
}
