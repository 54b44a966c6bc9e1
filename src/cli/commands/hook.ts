import { text } from 'node:stream/consumers'
import type { Project } from '../../config.ts'
import type { Connection } from '../../connect.ts'
import { notFound } from '../../contract/errors.ts'
import { type Context, defineCommand } from '../command.ts'
import type { Answer, Hook } from '../hooks/claude.ts'

const args = {
  agent: { value: 'AGENT', describe: 'claude', choices: ['claude'] },
  event: {
    value: 'EVENT',
    describe: 'prompt, stop, wait, session-start or session-end',
    choices: ['prompt', 'stop', 'wait', 'session-start', 'session-end'],
  },
} as const

type Typed = Context<typeof args, Record<never, never>>

export const command = defineCommand({
  summary: 'Answer a hook of Claude Code, so that a chat works its lane by itself.',
  args,
  notes: `"sparkq agent install claude" has Claude Code call it; nobody types it. It reads what Claude Code says on stdin, and answers
with JSON. A chat that typed /sparkq:work LANE is bound to that lane: prompt binds it, stop hands over the next task, wait wakes it
when a task comes while it is idle. For every other chat the answer is {}, and whatever goes wrong, the chat goes on.`,
  examples: ['sparkq hook claude stop'],
  local: true,
  run: async context => {
    const { agent, event } = context.args
    if (agent !== 'claude' || !args.event.choices.includes(event as never))
      throw notFound(`There is no hook "${agent} ${event}".`, 'sparkq hook --help')
    try {
      const said = await readSaid()
      return await answer(context, event, said)
    } catch (error) {
      // What this cannot do, the chat does without.
      context.terminal.err.line(`SparkQ: ${(error as Error).message}`)
      if (event !== 'wait') context.terminal.out.data('{}')
      return 0
    }
  },
})

async function readSaid(): Promise<Hook['said']> {
  const said: unknown = JSON.parse((await text(process.stdin)) || '{}')
  return typeof said === 'object' && said !== null ? said : {}
}

async function answer(context: Typed, event: string, said: Hook['said']): Promise<number> {
  const { terminal } = context
  const project = await findOwn(context)
  const say = (what: Answer): number => {
    terminal.out.data(JSON.stringify(what))
    return 0
  }
  if (event === 'wait') return project ? wait(context, project, said) : 0
  if (!project) return say({})
  const [claude, { findWorker }] = await Promise.all([
    import('../hooks/claude.ts'),
    import('../../processes/worker.ts'),
  ])
  const use: Hook['use'] = async action => {
    const { api, close } = await openOf(context)
    try {
      return await action(api)
    } finally {
      close()
    }
  }
  const hook: Hook = { said, project, process: findWorker(), use }
  switch (event) {
    case 'prompt':
      return say(await claude.onPrompt(hook))
    case 'stop':
      return say(await claude.onStop(hook))
    case 'session-start':
      return say(await claude.onSessionStart(hook))
    default:
      return say(await claude.onSessionEnd(hook))
  }
}

/** Exit 2 with a text on stderr wakes the chat. */
async function wait(context: Typed, project: Project, said: Hook['said']): Promise<number> {
  const { terminal, env } = context
  // There it would hold the run open for as long as it waits.
  if (env.CLAUDE_CODE_ENTRYPOINT === 'sdk-cli') return 0
  const [{ waitForChat }, { findWorker }] = await Promise.all([
    import('../hooks/wait.ts'),
    import('../../processes/worker.ts'),
  ])
  const text = await waitForChat({
    session: said.session_id,
    process: findWorker(),
    project,
    open: () => openOf(context),
    onTrouble: message => terminal.err.line(message),
  })
  if (text === undefined) return 0
  terminal.err.line(text)
  return 2
}

/** The project of the chat; none for an agent that a runner has at work, whose task that runner finishes. */
async function findOwn({ env, cwd }: Typed): Promise<Project | undefined> {
  if (env.SPARKQ_TASK || env.SPARKQ_MARK) return undefined
  const { findConfigFile, findProject } = await import('../../config.ts')
  const { SparkqError } = await import('../../contract/errors.ts')
  const folder = folderOf({ env, cwd })
  try {
    findConfigFile(folder, env)
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return undefined
    throw error
  }
  return findProject(folder, env)
}

/** Where the chat was begun; what it works in may lie elsewhere. */
const folderOf = ({ env, cwd }: Pick<Typed, 'env' | 'cwd'>): string => env.CLAUDE_PROJECT_DIR || cwd

async function openOf({ env, cwd }: Typed): Promise<Connection> {
  const { connect } = await import('../../connect.ts')
  return connect({ cwd: folderOf({ env, cwd }), env, actor: 'hook' })
}
