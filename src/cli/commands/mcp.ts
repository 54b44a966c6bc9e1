import type { Connection } from '../../connect.ts'
import type { Api } from '../../contract/api.ts'
import { defineCommand } from '../command.ts'

export const command = defineCommand({
  summary: 'Speak MCP on stdin and stdout, for an assistant that works or queues tasks.',
  examples: ['sparkq mcp', 'sparkq mcp --url http://HOST:5005'],
  notes: `An assistant starts it by itself, in the project's folder, and ends it by closing stdin. It needs no server. A task
that it takes goes back to its lane when the assistant's process is gone, and costs no attempt. To tell them:
  claude mcp add sparkq -- sparkq mcp
  codex mcp add sparkq -- sparkq mcp
  gemini mcp add sparkq sparkq mcp
Codex then needs default_tools_approval_mode = "approve" under [mcp_servers.sparkq] in its config.toml; without a person to
ask it refuses every call otherwise. A running server speaks MCP as well, at /mcp:
  claude mcp add --transport http sparkq http://127.0.0.1:5005/mcp
  codex mcp add sparkq --url http://127.0.0.1:5005/mcp`,
  ownsSignals: true,
  run: async ({ options, cwd, env, terminal }) => {
    const [{ serveOverStdio }, { checkUrl, connect }, { findWorker }, { readPlaybook }, { version }] =
      await Promise.all([
        import('../../mcp/stdio.ts'),
        import('../../connect.ts'),
        import('../../processes/worker.ts'),
        import('../../playbook.ts'),
        import('../../version.ts'),
      ])
    const { url } = options as { url?: string }
    if (url !== undefined) checkUrl(url)
    const lend = createLender(() => connect({ cwd, env, url, actor: 'mcp' }))
    await serveOverStdio({
      use: action => lend(({ api }) => action(api)),
      readPlaybook: () => lend(({ project }) => readPlaybook(project)),
      version,
      caller: {
        process: findWorker() ?? undefined,
        conversation: env.CLAUDE_CODE_SESSION_ID || undefined,
      },
      inHand: taskInHand(env),
      signal: endOnSignals(),
      onBug: error => terminal.err.line(error instanceof Error ? `${error.stack}` : String(error)),
      onTrouble: message => terminal.err.line(message),
    })
    return undefined
  },
})

/** A runner tells what it starts which task that is for. */
function taskInHand({ SPARKQ_TASK, SPARKQ_ATTEMPT }: NodeJS.ProcessEnv) {
  const attempt = Number(SPARKQ_ATTEMPT)
  return SPARKQ_TASK && attempt > 0 ? { task: SPARKQ_TASK, attempt } : undefined
}

/**
 * The project is open while something is done with it, and not between: an assistant may sit there for days, while the
 * project is set up, restored or torn down. Where there is none, each call says so.
 */
function createLender(open: () => Promise<Connection>) {
  let current: Promise<Connection> | undefined
  let users = 0
  return async <T>(
    action: (connection: Pick<Connection, 'project'> & { api: Api }) => Promise<T>,
  ): Promise<T> => {
    users++
    current ??= open()
    const mine = current
    try {
      return await action(await mine)
    } finally {
      if (--users === 0) {
        current = undefined
        ;(await mine.catch(() => undefined))?.close()
      }
    }
  }
}

function endOnSignals(): AbortSignal {
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort())
  return ending.signal
}
