import { createTranscript } from '../agents/transcript.ts'
import { readStretch } from '../attempt-files/holes.ts'
import { type AttemptFiles, sizeOf } from '../attempt-files/paths.ts'
import { lastLine } from '../attempt-files/result.ts'
import type { AgentName } from '../contract/agents.ts'
import { readPlan, readProgress } from '../driver/plan.ts'

/** What is behind further than that is passed over: a line is to be shown now. */
const mostBehind = 1024 * 1024

/** What a run said last, as a line for people: what an agent prints is events. */
export function createLastWords(files: AttemptFiles): () => string | undefined {
  const plan = readPlan(files)
  const printed = (): string | undefined => lastLine(files, 'stdout') ?? lastLine(files, 'stderr')
  if (plan?.tool.kind !== 'agent') return printed
  const told = followTranscript(files, plan.tool.agent)
  return () => {
    const said = told()
    const isChecking = readProgress(files)?.stage === 'check'
    return isChecking ? lastLine(files, 'stderr') : (said ?? lastLine(files, 'stderr'))
  }
}

/** @returns what reads on, and gives the last thing that the agent said or did; results of its tools are not that */
function followTranscript(files: AttemptFiles, agent: AgentName): () => string | undefined {
  let transcript = createTranscript(agent)
  let offset = 0
  let last: string | undefined
  return () => {
    const size = sizeOf(files.stdout)
    if (size - offset > mostBehind) {
      transcript = createTranscript(agent)
      offset = size - mostBehind
    }
    while (offset < size) {
      const { bytes, offset: at } = readStretch(files, 'stdout', offset, mostBehind)
      if (bytes.length === 0) break
      offset = at + bytes.length
      const lines = transcript.write(bytes).split('\n')
      last = lines.findLast(line => line.trim() !== '' && !line.startsWith('  ')) ?? last
    }
    return last
  }
}
