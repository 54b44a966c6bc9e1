import { openingCommand } from '../contract/queue-text.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { shortSpace } from '../contract/space-text.ts'
import type { Task } from '../contract/tasks.ts'
import { clock, soonOrClock } from '../contract/time-text.ts'
import { and, ordinal } from '../contract/words.ts'
import { behindTree, forProvider, missingTool } from './why-agents.ts'
import {
  type Clause,
  type Facts,
  isGone,
  line,
  ranFor,
  restartOf,
  type Said,
  startCommand,
  why,
} from './why-facts.ts'

/** Why a queued task is not begun: its lane, itself, who would run it, then what is before it. */
export function whyQueued(facts: Facts): Said {
  const { task, queue, head, none_because } = facts
  if (queue.status !== 'active') return whyClosed(facts)
  if (facts.waits) return said(task.friendly_id, alsoUnworked(facts, task, waiting(task, facts)))
  if (none_because === 'waiting' && head)
    return asHead(facts, alsoUnworked(facts, head, waiting(head, facts)))
  if (none_because === 'other_tool' && head)
    return asHead(facts, missingTool(facts) ?? otherTool(facts, head))
  const provider = none_because === 'provider' ? forProvider(facts) : undefined
  if (provider && head) return asHead(facts, alsoUnworked(facts, head, provider))
  return whyUnworked(facts) ?? whyBehindRunning(facts) ?? asHead(facts, gate(facts))
}

const said = (name: string, { code, says, ...more }: Clause): Said => why(code, `${name} ${says}.`, more)

/** What holds the first in line holds all behind it. */
function asHead({ task, head, ahead }: Facts, clause: Clause): Said {
  if (!head || head.id === task.id) return said(task.friendly_id, clause)
  return said(`${inLine(task, ahead)} behind ${head.friendly_id}, which`, {
    ...clause,
    code: 'behind',
    task_id: head.id,
    next: [...(clause.next ?? []), ...(holdsAll(clause) ? [] : [`sparkq first ${task.friendly_id}`])],
  })
}

/** What would hold whatever was first in line. */
const holdsAll = ({ code }: Clause): boolean => code === 'no_space' || code === 'max_running'

/** What keeps a runner that is there and idle from the first in line. What holds all lanes has its case here. */
function gate(facts: Facts): Clause {
  const { none_because, queue, places, space, head, task } = facts
  switch (none_because) {
    case 'no_space':
      return {
        code: 'no_space',
        says: `waits for room${space ? `: ${shortSpace(space)}` : ''}`,
        next: ['df -h', 'sparkq purge'],
      }
    case 'max_running':
      return { code: 'max_running', says: noPlace(places), next: ['sparkq tasks --status running'] }
    case 'tree_busy':
      return behindTree(facts)
    case null:
    // The lane itself was asked before; these are for a task that was taken between two looks.
    case 'empty':
    case 'not_active':
    case 'delayed':
    case 'waiting':
    case 'other_tool':
    case 'stopping':
    case 'provider':
      return nextUp(queue.name, head ?? task)
  }
}

function nextUp(lane: string, { friendly_id, wait_reason }: NonNullable<Facts['head']> | Task): Clause {
  const soon = `about to be taken by the runner of "${lane}"`
  const next = [`sparkq logs -f ${friendly_id}`]
  if (wait_reason !== 'worker_lost') return { code: 'next', says: `is ${soon}`, next }
  return { code: 'worker_lost', says: `lost its worker, and is ${soon}`, next }
}

function noPlace(places: Facts['places']): string {
  if (!places || places.running.length < places.max)
    return 'waits for a place, which goes to a lane that waits longer first'
  const named = places.running.slice(0, 3)
  const more = places.running.length - named.length
  const names = more === 0 ? and(named) : `${named.join(', ')} and ${more} more`
  const run = places.running.length === 1 ? 'runs' : 'run'
  return `waits for a place: ${names} ${run}, and limits.max_running is ${places.max}`
}

function waiting(
  { id, friendly_id, wait_reason, not_before }: NonNullable<Facts['head']> | Task,
  facts: Facts,
): Clause {
  const { now, question } = facts
  const due = not_before === null ? '' : ` ${soonOrClock(not_before, now)}`
  const until = not_before === null ? {} : { until: not_before }
  const goOn = { ...until, next: [`sparkq edit ${friendly_id} --now`] }
  switch (wait_reason) {
    case 'question':
      return {
        code: 'question',
        says: question === null ? 'waits for an answer' : `asks "${line(question)}" and waits for the answer`,
        ...until,
        next: [`sparkq answer ${friendly_id}`],
      }
    case 'retry':
      return { code: 'retry', says: `waits for its retry${due}`, ...goOn }
    case 'limit': {
      // Being due does not help while the provider takes nothing.
      const gate = facts.head?.id === id ? forProvider(facts) : undefined
      if (gate) return { ...gate, ...until, code: 'limit' }
      return { code: 'limit', says: `waits for a usage limit to end${due}`, ...goOn }
    }
    case 'worker_lost':
      return { code: 'worker_lost', says: `lost its worker, and goes on${due}`, ...goOn }
    case null: {
      const isSoon = not_before !== null && Date.parse(not_before) - now < 60_000
      return {
        code: 'not_before',
        says: isSoon ? `is due${due}` : `is not due before ${clock(not_before as string, now)}`,
        ...goOn,
      }
    }
  }
}

const otherTool = ({ queue }: Facts, { tool_name }: { tool_name: string }): Clause => ({
  code: 'other_tool',
  says: `is for ${line(tool_name)}, a tool that no runner runs: a worker has to claim it`,
  next: [`sparkq claim ${shellQueue(queue.name)}`],
})

/** The lane has no runner, or will not have it for long. */
function whyUnworked(facts: Facts): Said | undefined {
  const { task, queue, ahead, runner } = facts
  const next = [startCommand(facts)]
  const but = (says: string): string => `${inLine(task, ahead)}, but ${says}.`
  switch (runner.state) {
    case 'works':
      return undefined
    case 'stopping':
      return why('runner_stopping', but(`the runner of "${queue.name}" was told to go after its task`), {
        next,
      })
    case 'none':
      return why('no_runner', but(nobody(facts)), { next })
    case 'off':
      return why('runner_off', but(nobody(facts)), { next })
    case 'died':
      return why('runner_died', but(nobody(facts)), { until: restartOf(facts), next })
  }
}

/** Said beside what a task waits for, which would come in vain. */
function alsoUnworked(facts: Facts, { tool_name }: { tool_name: string }, clause: Clause): Clause {
  if (!isGone(facts.runner) || !facts.executable.includes(tool_name)) return clause
  const says = `${clause.says}, and ${nobody(facts)}`
  return { ...clause, says, next: [startCommand(facts), ...(clause.next ?? [])] }
}

function nobody(facts: Facts): string {
  const { queue, runner, now } = facts
  if (runner.state === 'off') return `"${queue.name}" is to have no runner`
  if (runner.state !== 'died') return `no runner works "${queue.name}"`
  const { exit_code, signal, at } = runner
  const how = signal ?? (exit_code === null ? null : `exit ${exit_code}`)
  const died = `the runner of "${queue.name}" died at ${clock(at, now)}${how === null ? '' : ` (${line(how)})`}`
  const restart = restartOf(facts)
  return restart === null ? died : `${died} and is started again ${soonOrClock(restart, now)}`
}

function whyBehindRunning({ task, busy, ahead, now }: Facts): Said | undefined {
  if (!busy) return undefined
  const place =
    ahead === 0
      ? `${task.friendly_id} waits for ${busy.friendly_id}, which`
      : `${inLine(task, ahead)}; ${busy.friendly_id}`
  return why('behind', `${place} has been running ${ranFor(busy, now)}.`, {
    until: busy.stops_at,
    task_id: busy.id,
    next: [
      `sparkq logs -f ${busy.friendly_id}`,
      ...(ahead === 0 ? [] : [`sparkq first ${task.friendly_id}`]),
    ],
  })
}

function whyClosed({ task, queue, paused_at, now }: Facts): Said {
  const opening = openingCommand(queue)
  const next = opening ? [opening] : []
  const waits = `${task.friendly_id} waits: "${queue.name}"`
  switch (queue.status) {
    case 'idle': {
      const by = queue.paused_by === null ? '' : ` by ${line(queue.paused_by)}`
      const since = paused_at === null ? '' : ` at ${clock(paused_at, now)}`
      const reason = queue.pause_reason === null ? '' : ` (${line(queue.pause_reason).replace(/\.$/, '')})`
      const until = queue.resume_at === null ? '' : `, until ${clock(queue.resume_at, now)}`
      return why('lane_paused', `${waits} was paused${by}${since}${reason}${until}.`, {
        until: queue.resume_at,
        next,
      })
    }
    case 'planned':
      return why('lane_planned', `${waits} is planned, and not active yet.`, { next })
    case 'archived':
      return why('lane_archived', `${waits} is archived.`, { next })
    default:
      return why('lane_ended', `${waits} is ended.`, { next })
  }
}

const inLine = ({ friendly_id }: Task, ahead: number): string =>
  `${friendly_id} is ${ahead === 0 ? 'next' : ordinal(ahead + 1)} in line`
