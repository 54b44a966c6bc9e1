import type { AgentName } from '../contract/agents.ts'
import { type Fields, parseObject } from './json.ts'
import { createLines } from './lines.ts'
import { tellClaude } from './transcript-claude.ts'
import { tellCodex } from './transcript-codex.ts'
import { tellGemini } from './transcript-gemini.ts'
import { createPage, type Page } from './transcript-page.ts'

/** What an agent prints, made readable as it comes: what it says, what it does, and what came of it. */
export type Transcript = {
  /** What these bytes of its stdout make, in whatever pieces they come. */
  write(bytes: Uint8Array): string
  /** What is left when no more comes. */
  end(): string
}

type Teller = (page: Page) => (event: Fields) => void

const tellers: Record<AgentName, Teller> = { claude: tellClaude, codex: tellCodex, gemini: tellGemini }

export function createTranscript(agent: AgentName, { colour = false } = {}): Transcript {
  const page = createPage(colour)
  const tell = tellers[agent](page)
  const lines = createLines()
  const read = (line: string): void => {
    if (line.trim() === '') return
    const event = parseObject(line)
    if (event) tell(event)
    else page.raw(line)
  }
  return {
    write: bytes => {
      lines.write(bytes).forEach(read)
      return page.take()
    },
    end: () => {
      lines.end().forEach(read)
      page.close()
      return page.take()
    },
  }
}
