import { type AgentName, type AgentOutcome, type AgentReport, agentFacts } from '../contract/agents.ts'
import { count } from '../contract/words.ts'
import type { AgentExit, AgentReader, AgentResult } from './agent.ts'
import { type Fields, parseObject } from './json.ts'
import { longestLine } from './lines.ts'
import { plain, sayingLine } from './words.ts'

export type Verdict = { outcome: AgentOutcome; detail: string }
export type Denial = { tool: string; detail: string }

/** What the events of one agent amount to. */
export type Story = {
  event(event: Fields): void
  readonly hasResult: boolean
  readonly waitsForNetworkSince: number | null
  /** What its result says; undefined when there is none. */
  verdict(): Verdict | undefined
  /** What an end without a result means; undefined when it means nothing special. */
  verdictWithoutResult(exit: AgentExit, stderr: string): Verdict | undefined
  facts(): Omit<AgentReport, 'agent' | 'outcome'>
  answer(): string | null
  denied(): Denial[]
  warnings(): string[]
}

/** What stdout was made of. */
type Seen = { events: number; unreadable: number }

/** So many denials are kept of a run. */
const mostDenials = 50

export function createReader(agent: AgentName, story: Story): AgentReader {
  const seen: Seen = { events: 0, unreadable: 0 }

  const line = (text: string): void => {
    if (text.trim() === '') return
    const event = text.length > longestLine ? undefined : parseObject(text)
    if (!event) seen.unreadable++
    else {
      seen.events++
      story.event(event)
    }
  }

  const report = (exit: AgentExit, stderr: string): AgentResult => {
    const told = story.verdict()
    const verdict = told ?? story.verdictWithoutResult(exit, stderr) ?? ended(agent, exit, stderr, seen)
    const denied = story.denied().slice(0, mostDenials)
    return {
      report: {
        agent,
        outcome: verdict.outcome,
        ...story.facts(),
        ...(denied.length > 0 ? { denied } : {}),
      },
      detail: plain(verdict.detail),
      answer: story.answer(),
      warnings: [
        ...(verdict.outcome === 'ok' ? deniedWarning(denied) : []),
        ...(told?.outcome === 'ok' ? exitWarning(agent, exit) : []),
        ...unreadableWarning(seen),
        ...story.warnings().map(it => plain(it)),
      ],
    }
  }

  return {
    line,
    report,
    get hasResult() {
      return story.hasResult
    },
    get waitsForNetworkSince() {
      return story.waitsForNetworkSince
    },
  }
}

/** `ok`, unless it was denied a tool and none succeeded after that, or it said nothing. */
export function verdictOfSuccess(
  agent: AgentName,
  answer: string | null,
  denied: Denial[],
  did: boolean,
): Verdict {
  const { title } = agentFacts[agent]
  if (denied.length > 0 && !did)
    return { outcome: 'denied', detail: `${title} was not allowed to use ${namesOf(denied)}` }
  if (!answer?.trim()) return { outcome: 'empty', detail: `${title} ended without an answer` }
  return { outcome: 'ok', detail: `${title} finished` }
}

/** `Bash (npm test) and Write (a.txt)`. */
function namesOf(denied: Denial[]): string {
  const names = denied.map(({ tool, detail }) => (detail ? `${tool} (${detail})` : tool))
  const shown = [...new Set(names)]
  const more = shown.length > 3 ? ` and ${shown.length - 3} more` : ''
  return shown.slice(0, 3).join(', ') + more
}

function deniedWarning(denied: Denial[]): string[] {
  if (denied.length === 0) return []
  return [plain(`${count(denied.length, 'tool call')} denied: ${namesOf(denied)}`)]
}

function exitWarning(agent: AgentName, exit: AgentExit): string[] {
  if (exit.code === 0) return []
  return [`${agentFacts[agent].title} ${howItEnded(exit)} after its result`]
}

function unreadableWarning({ unreadable, events }: Seen): string[] {
  if (unreadable === 0 || events === 0) return []
  return [`${count(unreadable, 'line')} of its output could not be read as an event`]
}

/** What a signal makes of an exit code where a program, or a shell around it, sees to it itself. */
const stoppedBy: Record<number, string> = { 129: 'SIGHUP', 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' }

const howItEnded = ({ code, signal }: AgentExit): string => {
  const by = signal ?? stoppedBy[code ?? -1]
  return by ? `was stopped by ${by}` : code === null ? 'ended' : `exited with code ${code}`
}

/** What it means that an agent ended and its events do not say how. */
function ended(agent: AgentName, exit: AgentExit, stderr: string, seen: Seen): Verdict {
  const { title } = agentFacts[agent]
  const how = `${title} ${howItEnded(exit)}`
  const said = sayingLine(stderr)
  if (exit.signal || stoppedBy[exit.code ?? -1])
    return { outcome: 'killed', detail: `${how} before it had a result` }
  const isSilent = seen.events === 0 && seen.unreadable === 0
  if (isSilent && exit.code && said) return { outcome: 'misuse', detail: said }
  return {
    outcome: 'no_result',
    detail: `${how} without a result: ${whatItPrinted(seen)}${said && exit.code ? ` (${said})` : ''}`,
  }
}

function whatItPrinted({ events, unreadable }: Seen): string {
  if (events + unreadable === 0) return 'it printed nothing'
  if (events === 0) return `it printed ${count(unreadable, 'line')}, and no event`
  return `it printed ${count(events, 'event')}`
}
