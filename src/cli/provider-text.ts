import { type AgentName, agentFacts, agentNames, type Provider } from '../contract/agents.ts'
import { count, oneLine } from './text.ts'
import { clock } from './times.ts'

export const providerArg = {
  value: 'NAME',
  choices: agentNames,
  describe: agentNames.join(', '),
} as const

/** What a provider's state means, in a few words: `limited until 05:00`. */
export function stateText({ status, until, canary_task_id }: Provider): string {
  if (status === 'open') return 'open'
  if (canary_task_id !== null) return `${status}, one task tries it`
  return until === null ? status : `${status} until ${clock(until)}`
}

const causes: Record<NonNullable<Provider['because']>, string> = {
  usage_limit: 'usage limit',
  overload: 'overloaded',
  network: 'cannot be reached',
  auth: 'not logged in',
  billing: 'no credit left',
  person: 'by a person',
}

/** Why it is so: the cause, and what was said of it. */
export function causeText({ because, message }: Provider): string {
  if (because === null) return ''
  return [causes[because], message === null ? '' : oneLine(message)].filter(it => it !== '').join(': ')
}

/** All of it in one line: `Claude Code is limited until 05:00 · usage limit: … · 3 tasks wait`. */
export function providerText(provider: Provider): string {
  const { name, queued } = provider
  const waits = queued === 0 ? '' : count(queued, 'task waits', 'tasks wait')
  return [`${title(name)} is ${stateText(provider)}`, causeText(provider), waits].filter(Boolean).join(' · ')
}

/** What to type to have it take work again, in this order. */
export function mending({ name, because, mend }: Provider): (readonly [string, string])[] {
  const resume = [`sparkq providers resume ${name}`, 'begin its tasks again'] as const
  if (because === 'auth' && mend !== null) return [[mend, `log in to ${title(name)}`], resume]
  return [resume]
}

export const title = (name: AgentName): string => agentFacts[name].title
