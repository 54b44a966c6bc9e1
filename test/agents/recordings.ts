import fs from 'node:fs'
import path from 'node:path'
import { type AgentName, agentNames } from '../../src/contract/agents.ts'
import type { Expected } from './expected.ts'
import { fixtures } from './fake-agents.ts'
import { claudeRecordings } from './recordings-claude.ts'
import { codexRecordings } from './recordings-codex.ts'
import { geminiRecordings } from './recordings-gemini.ts'

/**
 * What each recording of a real agent means. They were made with Claude Code 2.1.330, Codex 0.169.0 and Gemini CLI 0.61.0
 * against a fake model on loopback; lists of tools and the like in `init` are shortened, the rest is as it was printed.
 */
export const recordings: Record<string, Expected> = {
  ...claudeRecordings,
  ...codexRecordings,
  ...geminiRecordings,
}

const folder = path.join(fixtures, 'recordings')

/** The names of all recordings that there are. */
export const recorded = fs
  .readdirSync(folder)
  .flatMap(name => (name.endsWith('.meta.json') ? [name.slice(0, -'.meta.json'.length)] : []))

export type Recording = {
  agent: AgentName
  stdout: string
  stderr: string
  code: number | null
  signal: string | null
}

export function readRecording(name: string): Recording {
  const read = (ending: string): string => {
    const file = path.join(folder, name + ending)
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  }
  const { code, signal } = JSON.parse(read('.meta.json'))
  const agent = agentNames.find(it => name.startsWith(`${it}-`))
  if (!agent) throw new Error(`${name} is of no agent`)
  return { agent, stdout: read('.jsonl'), stderr: read('.stderr'), code, signal }
}
