import { agentFacts } from '../contract/agents.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { clock, soonOrClock } from '../contract/time-text.ts'
import { type Clause, type Facts, line, ranFor } from './why-facts.ts'

/** What the provider of an agent keeps from beginning. @returns undefined where it keeps nothing */
export function forProvider({ provider, canary, now }: Facts): Clause | undefined {
  if (!provider || provider.status === 'open') return undefined
  const { name, because, message, mend, until } = provider
  const { title, billing } = agentFacts[name]
  const resume = `sparkq providers resume ${name}`
  const isLater = until !== null && Date.parse(until) > now
  const more = { code: 'provider' as const, until: isLater ? until : null, next: [resume] }
  if (canary && !isLater) {
    const says = `waits for ${canary.friendly_id}, which tries whether ${title} takes work again`
    return { ...more, says, task_id: canary.id, next: [`sparkq logs -f ${canary.friendly_id}`] }
  }
  const at = isLater ? soonOrClock(until, now) : 'soon'
  switch (because) {
    case 'usage_limit':
      return { ...more, says: `waits for the usage limit of ${title} to end ${at}` }
    case 'overload':
      return { ...more, says: `waits for ${title}, which is overloaded, and goes on ${at}` }
    case 'network':
      return { ...more, says: `waits for ${title}, which cannot be reached, and goes on ${at}` }
    case 'auth':
      return {
        ...more,
        says: `waits for ${title}, which is not logged in`,
        next: [...(mend === null ? [] : [mend]), resume],
      }
    case 'billing':
      return { ...more, says: `waits for ${title}, whose account has no credit left: ${billing}` }
    default: {
      const reason = message === null ? '' : ` (${line(message).replace(/\.$/, '')})`
      const end = isLater ? ` until ${clock(until, now)}` : ''
      return { ...more, says: `waits for ${title}, which was paused${reason}${end}` }
    }
  }
}

/** Another agent has the tree. Without a holder it is about to go to a lane that waits longer. */
export function behindTree({ tree_holder: holder, queue, now }: Facts): Clause {
  const own = `sparkq queue set ${shellArgument(queue.name)} worktree=true`
  if (!holder)
    return {
      code: 'tree_busy',
      says: 'waits for the work tree, which goes to a lane that waits longer first',
      next: [own],
    }
  return {
    code: 'tree_busy',
    says: `waits for the work tree: ${holder.friendly_id} has been working in it ${ranFor(holder, now)}`,
    until: holder.stops_at,
    task_id: holder.id,
    next: [`sparkq logs -f ${holder.friendly_id}`, own],
  }
}

/** A tool that runners run, but not this one: its program is not there. */
export function missingTool({ missing }: Facts): Clause | undefined {
  if (!missing) return undefined
  const { tool_name, program, install } = missing
  return {
    code: 'tool_missing',
    says: `is for ${line(tool_name)}, whose program ${line(program)} its runner does not find`,
    next: install === null ? [] : [install],
  }
}
