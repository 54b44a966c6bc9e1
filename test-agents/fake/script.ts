/**
 * What a fake model does is written in the prompt, one directive to a line:
 *
 *     @say TEXT               answers, and the turn is over
 *     @think TEXT             thinks, then answers
 *     @shell COMMAND          calls the agent's own shell tool
 *     @call TOOL {JSON}       calls a tool by name (or by how its name ends)
 *     @slow SECONDS           streams a word each quarter of a second
 *     @hang                   never answers
 *     @silence                answers with nothing
 *     @refuse                 declines to answer
 *     @full                   stops at the limit of output tokens
 *     @cut [TIMES]            breaks the connection in the middle of an answer
 *     @limit SECONDS [weekly] the account's usage is used up, for all who ask, until SECONDS from when this is met
 *     @logout                 the account is logged out, for all who ask, until the test logs it in
 *     @no-credit              the account has nothing to pay with
 *     @overload [TIMES]       the service is overloaded
 *     @rate [TIMES]           too many requests in a minute
 *     @status CODE [TIMES]    any other answer of HTTP
 *     @too-long, @no-model    the conversation is too long; there is no such model
 *
 * TIMES: so many requests get it, then the script goes on; without it all do. After its last directive a script answers
 * `done: ` and the first line of the last tool's result.
 */
export type Step = { name: StepName; rest: string }

const answers = ['say', 'think', 'shell', 'call', 'slow', 'hang', 'silence', 'refuse', 'full'] as const
const faults = [
  'limit',
  'logout',
  'no-credit',
  'overload',
  'rate',
  'status',
  'too-long',
  'no-model',
  'cut',
] as const
type StepName = (typeof answers)[number] | (typeof faults)[number]

export type Fault =
  | { kind: 'limit'; window: 'five_hour' | 'seven_day'; resetsAt: number }
  | { kind: 'logout' | 'no-credit' | 'overload' | 'rate' | 'too-long' | 'no-model' | 'cut' }
  | { kind: 'status'; status: number }

/** What the model does next; `resetsAt` and `now` are seconds since 1970. */
export type Move =
  | { kind: 'say'; text: string; thought?: string }
  | { kind: 'shell'; command: string }
  | { kind: 'call'; tool: string; input: Record<string, unknown> }
  | { kind: 'slow'; seconds: number }
  | { kind: 'hang' | 'refuse' | 'full' }
  | { kind: 'fault'; fault: Fault }

/** One entry of a conversation, as far as a script depends on it. */
export type Turn = { from: 'user' | 'tool'; text: string } | { from: 'model' }

const directive = new RegExp(`^\\s*@(${[...answers, ...faults].join('|')})(?:[ \\t]+(.*))?$`)

/**
 * The directives of a text: the last lines of it that are some. Those above other text are quoted from an earlier
 * task, as in the digest of a lane.
 */
export function readScript(text: string): Step[] {
  let steps: Step[] = []
  let isOpen = false
  for (const line of text.split('\n')) {
    const found = directive.exec(line)
    if (found) {
      if (!isOpen) steps = []
      steps.push({ name: found[1] as StepName, rest: (found[2] ?? '').trim() })
    }
    isOpen = found !== null || (isOpen && line.trim() === '')
  }
  return steps
}

/** What all conversations with one provider share, and how often each directive with TIMES was met. */
export type Account = {
  limit: { window: 'five_hour' | 'seven_day'; resetsAt: number } | null
  isLoggedOut: boolean
  met: Map<string, number>
}

export const newAccount = (): Account => ({ limit: null, isLoggedOut: false, met: new Map() })

/** What the newest script in a conversation says comes next; `now` in seconds since 1970. */
export function nextMove(turns: Turn[], account: Account, now: number): Move {
  const scripts = turns.map(turn => (turn.from === 'user' ? readScript(turn.text) : []))
  const at = scripts.findLastIndex(script => script.length > 0)
  const steps = scripts[at] ?? []
  const since = turns.slice(at + 1)
  let played = since.filter(turn => turn.from === 'model').length
  const standing = accountFault(account, now)
  if (standing) return { kind: 'fault', fault: standing }
  for (const [i, step] of steps.entries()) {
    if (isFault(step)) {
      const fault = played === 0 ? meet(step, scriptKey(steps, i), account, now) : null
      if (fault) return { kind: 'fault', fault }
    } else if (played-- === 0) return answer(step)
  }
  const results = since.flatMap(turn => (turn.from === 'tool' ? [turn.text] : []))
  return { kind: 'say', text: results.length > 0 ? `done: ${firstLine(results.at(-1) ?? '')}` : 'done' }
}

const isFault = (step: Step) => (faults as readonly string[]).includes(step.name)

/** A script is known by its words: a prompt that is sent again, in whatever frame, is the same script. */
const scriptKey = (steps: Step[], at: number) =>
  `${at}\n${steps.map(({ name, rest }) => `${name} ${rest}`).join('\n')}`

const firstLine = (text: string) => text.split('\n').find(line => line.trim() !== '') ?? ''

function accountFault(account: Account, now: number): Fault | null {
  if (account.isLoggedOut) return { kind: 'logout' }
  if (account.limit && account.limit.resetsAt > now) return { kind: 'limit', ...account.limit }
  return null
}

/** @returns null when the directive has been met as often as it says */
function meet({ name, rest }: Step, key: string, account: Account, now: number): Fault | null {
  const words = rest.split(/\s+/)
  const before = account.met.get(key) ?? 0
  account.met.set(key, before + 1)
  const isOver = (times: string | undefined) => before >= Number(times || Number.POSITIVE_INFINITY)
  if (name === 'limit') {
    if (before > 0) return null
    account.limit = {
      window: words[1] === 'weekly' ? 'seven_day' : 'five_hour',
      resetsAt: Math.ceil(now + Number(words[0] || 3600)),
    }
  }
  if (name === 'logout') {
    if (before > 0) return null
    account.isLoggedOut = true
  }
  if (name === 'limit' || name === 'logout') return accountFault(account, now)
  if (name === 'status') return isOver(words[1]) ? null : { kind: 'status', status: Number(words[0]) }
  return isOver(words[0]) ? null : { kind: name as 'overload' }
}

/** @throws when a call's input is no JSON: the mistake is in the test */
function answer({ name, rest }: Step): Move {
  switch (name) {
    case 'shell':
      return { kind: 'shell', command: rest }
    case 'call': {
      const [tool = '', json = '{}'] = rest.split(/\s+(.*)/s)
      return { kind: 'call', tool, input: JSON.parse(json) as Record<string, unknown> }
    }
    case 'slow':
      return { kind: 'slow', seconds: Number(rest) }
    case 'think':
      return { kind: 'say', text: rest, thought: `How to say "${rest}"?` }
    case 'say':
    case 'silence':
      return { kind: 'say', text: rest }
    default:
      return { kind: name as 'hang' | 'refuse' | 'full' }
  }
}
