import { createTranscript } from '../agents/transcript.ts'
import type { AgentName } from '../contract/agents.ts'
import type { Api } from '../contract/api.ts'
import { ifAny } from './lanes.ts'

/** Makes of an attempt's stdout, as it comes, what people read of it. */
export type Rendering = {
  write(bytes: Uint8Array): Uint8Array
  /** The next bytes do not follow on the last ones: what is cut is no event. */
  gap(): void
  /** What is left when no more comes. */
  end(): Uint8Array
}

/** What an agent prints is events, and shown as a transcript; anything else as it is. */
export async function openRendering(
  api: Api,
  { id, attempt, colour }: { id: string; attempt: number; colour: boolean },
): Promise<Rendering & { agent: AgentName | undefined }> {
  const agent = await agentOfAttempt(api, id, attempt)
  return agent === undefined ? { ...asItIs, agent } : { ...renderAgent(agent, colour), agent }
}

const asItIs: Rendering = { write: bytes => bytes, gap: () => {}, end: () => new Uint8Array() }

/** Whose events an attempt's stdout holds. While it runs its tool tells; only an agent has a conversation. */
async function agentOfAttempt(api: Api, id: string, number: number): Promise<AgentName | undefined> {
  const attempt = (await api.listAttempts({ id })).attempts.find(it => it.number === number)
  if (attempt?.agent) return attempt.agent.agent
  if (!attempt || attempt.conversation_id === null) return undefined
  const { task } = await api.getTask({ id })
  return (await ifAny(api.getTool({ name: task.tool_name })))?.tool.agent ?? undefined
}

function renderAgent(agent: AgentName, colour: boolean): Rendering {
  let transcript = createTranscript(agent, { colour })
  let isCut = false
  return {
    write: bytes => {
      const from = isCut ? bytes.indexOf(0x0a) + 1 : 0
      if (isCut && from === 0) return new Uint8Array()
      isCut = false
      return Buffer.from(transcript.write(bytes.subarray(from)))
    },
    gap: () => {
      transcript = createTranscript(agent, { colour })
      isCut = true
    },
    end: () => Buffer.from(isCut ? '' : transcript.end()),
  }
}
