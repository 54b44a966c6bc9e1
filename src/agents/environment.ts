/** What an agent that runs us has said to its own children: an agent of ours is none of them. */
export const variablesOfCallers = [
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_CHILD_SESSION',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_SESSION_ATTENDED',
  'CLAUDE_PID',
  'CLAUDE_PROJECT_DIR',
  // It waits for the end of a usage limit itself, for hours, and tells nobody.
  'CLAUDE_CODE_RETRY_WATCHDOG',
  'CODEX_THREAD_ID',
  'CODEX_SESSION_ID',
  'CODEX_SANDBOX',
  'CODEX_SANDBOX_NETWORK_DISABLED',
  'GEMINI_CLI',
]

/** Agents pay by these without asking, although a login or subscription is there. */
export const apiKeys = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'OPENAI_API_KEY',
  'CODEX_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
]

/**
 * The environment for an agent.
 * @param plan  what to set where nobody has set it
 */
export function agentEnvironment(
  env: NodeJS.ProcessEnv,
  { plan, use_api_key }: { plan: Record<string, string>; use_api_key: boolean },
): NodeJS.ProcessEnv {
  const dropped = new Set([...variablesOfCallers, ...(use_api_key ? [] : apiKeys)])
  return { ...plan, ...Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.has(name))) }
}
