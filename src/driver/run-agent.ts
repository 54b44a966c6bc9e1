import type { AgentReader } from '../agents/agent.ts'
import { agentOf } from '../agents/agents.ts'
import { agentEnvironment } from '../agents/environment.ts'
import { type AttemptFiles, outputSizes } from '../attempt-files/paths.ts'
import type { AgentSaid, AgentTool, DrivePlan, Exit } from './plan.ts'
import { followLines, readEnd } from './read-lines.ts'
import { judge } from './said.ts'
import { startTool } from './start-tool.ts'
import { stopStarted } from './stop-started.ts'

export type AgentTurn = {
  tool: AgentTool
  session: AgentTool['session']
  prompt: string
  env: NodeJS.ProcessEnv
}
export type AgentEnd = { exit: Exit; said: AgentSaid; warnings: string[] }

/** How often it is looked, at most, whether an agent has been silent for too long: who waits must not look busy. */
const lookEveryMs = 1000
/** How much of stderr may say why it ended. */
const complaintBytes = 16 * 1024

/**
 * Runs an agent once, to its end: it is stopped when it lingers after its result, and when its service is out of reach for
 * too long. What it started is stopped with it where it was killed: whoever goes on with the conversation would meet it.
 * @throws what `spawn` says
 */
export async function runAgent(
  { mark, cwd, limits }: Pick<DrivePlan, 'mark' | 'cwd' | 'limits'>,
  files: AttemptFiles,
  { tool, session, prompt, env }: AgentTurn,
): Promise<AgentEnd> {
  const agent = agentOf(tool.agent)
  const from = outputSizes(files)
  const call = agent.plan({ settings: tool.settings, session, cwd })
  const reader = agent.read({ resumed: session.resume ? session.id : null })
  let lastLine = performance.now()
  const stopReading = followLines(files, from.stdout, line => {
    lastLine = performance.now()
    reader.line(line)
  })
  const warnings: string[] = []
  let stopping: Promise<void> | undefined
  let isOffline = false
  const stop = (why: string): void => {
    if (stopping) return
    warnings.push(why)
    stopping = stopStarted(mark, files, limits.grace)
  }
  const watch = setInterval(
    () => {
      if (lingers(reader, lastLine, limits.linger))
        stop(`It had not ended ${limits.linger / 1000} s after its result, and was stopped.`)
      if (isStuck(reader, limits.network)) {
        isOffline = true
        stop(`It waited for the network for ${limits.network / 1000} s, and was stopped.`)
      }
    },
    Math.min(lookEveryMs, limits.linger, limits.network),
  )
  try {
    const started = await startTool({
      argv: call.argv,
      cwd,
      env: agentEnvironment(env, { plan: call.env, use_api_key: tool.use_api_key }),
      input: prompt,
    })
    const exit = await started.ended
    clearInterval(watch)
    await stopping
    await stopReading()
    const stderr = readEnd(files, 'stderr', from.stderr, complaintBytes)
    const { said, warnings: more } = judge(agent, reader, { exit, stderr, isOffline, env })
    if (!stopping && said.report.outcome === 'killed') await stopStarted(mark, files, limits.grace)
    return { exit, said, warnings: [...more, ...warnings] }
  } finally {
    clearInterval(watch)
    await stopReading()
  }
}

const lingers = ({ hasResult }: AgentReader, lastLine: number, limitMs: number): boolean =>
  hasResult && performance.now() - lastLine > limitMs

const isStuck = ({ waitsForNetworkSince: since }: AgentReader, limitMs: number): boolean =>
  since !== null && Date.now() - since > limitMs
