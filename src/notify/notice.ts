import { agentFacts, type Provider } from '../contract/agents.ts'
import type { Api } from '../contract/api.ts'
import type { NotifyKind } from '../contract/config.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Event } from '../contract/events.ts'
import type { Queue, QueueCounts } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'

/** What the person is told: as JSON what a command gets on its stdin. */
export type Notice = {
  /** `left_out`: how many things were not told one by one; `test`: `sparkq notify test` */
  kind: NotifyKind | 'left_out' | 'test'
  at: string
  /** One sentence or two, on one line, with nothing in it that a terminal would act on. */
  message: string
  project: { name: string; root: string }
  session: Queue['session'] | null
  queue: Queue | null
  task: Task | null
  counts: QueueCounts | null
}

type About = Pick<Notice, 'kind' | 'message'> & Partial<Notice>

export function makeNotice(project: Notice['project'], at: string, about: About): Notice {
  const queue = about.queue ?? null
  return {
    ...{ kind: about.kind, at, message: plain(about.message), project },
    ...{ session: queue?.session ?? null, queue, task: about.task ?? null, counts: queue?.counts ?? null },
  }
}

/**
 * What there is to tell of an event. Nothing of a task that was cancelled: whoever did that knows. Nothing of what is
 * no longer so, or no longer there.
 */
export async function noticesOf(api: Api, event: Event): Promise<(About & { kind: NotifyKind })[]> {
  try {
    switch (event.event) {
      case 'task.failed':
        return [...(await failure(api, event)), ...(await emptied(api, event))]
      case 'task.succeeded':
        return await emptied(api, event)
      case 'queue.paused':
        return await paused(api, event)
      case 'provider.limited':
      case 'provider.paused':
        return await limited(api, event)
      case 'question.asked':
        return await asked(api, event)
      default:
        return []
    }
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return []
    throw error
  }
}

type Notices = ReturnType<typeof noticesOf>

async function failure(api: Api, { task_id, queue_id, data }: Event): Notices {
  if ((data as { error_type?: string } | null)?.error_type === 'cancelled') return []
  const { task } = await api.getTask({ id: task_id as string })
  const { queue } = await api.getQueue({ id: queue_id as string })
  return [{ kind: 'task_failed', message: `${task.friendly_id} failed: ${causeOf(task)}`, task, queue }]
}

async function asked(api: Api, { task_id, queue_id, data }: Event): Notices {
  const { question_id } = data as { question_id: string }
  const { task } = await api.getTask({ id: task_id as string })
  const question = task.questions?.find(it => it.id === question_id)
  if (question?.answer !== null || task.finished_at !== null) return []
  const { queue } = await api.getQueue({ id: queue_id as string })
  const choices = question.options.length === 0 ? '' : ` (${question.options.join(' | ')})`
  return [
    { kind: 'question', message: `${task.friendly_id} asks: ${question.question}${choices}`, task, queue },
  ]
}

/** `exit 7. KeyError: 'users'` */
function causeOf({ error_type, exit_code, signal, error_message, error_detail }: Task): string {
  const short =
    error_type === 'exit_code' ? `exit ${exit_code}` : error_type === 'signal' ? signal : undefined
  if (!short) return error_message ?? `${error_type}`
  return error_detail ? `${short}. ${error_detail}` : `${short}.`
}

/**
 * A lane is empty with the last of its tasks that ended. Whoever reads that event late and sees that another one has
 * ended since leaves it to that one's event: so one emptying is one event, for every process that watches.
 * A paused lane is none: of its pause the person was told.
 */
async function emptied(api: Api, { seq, queue_id, task_id }: Event): Notices {
  const { queue } = await api.getQueue({ id: queue_id as string })
  if (queue.status !== 'active' || queue.counts.queued + queue.counts.running > 0) return []
  const { events } = await api.listEvents({ queue_id: queue.id, after: seq, limit: 500 })
  if (events.some(it => it.event === 'task.succeeded' || it.event === 'task.failed')) return []
  const { task } = await api.getTask({ id: task_id as string })
  const { succeeded, failed } = queue.counts
  const message = `${queue.name} is empty: ${succeeded} succeeded and ${failed} failed so far.`
  return [{ kind: 'lane_empty', message, task, queue }]
}

async function paused(api: Api, { queue_id, data }: Event): Notices {
  const { queue } = await api.getQueue({ id: queue_id as string })
  if (queue.status !== 'idle') return []
  const { reason, resume_at } = data as { reason: string | null; resume_at: string | null }
  const until = resume_at ? ` until ${timeHere(resume_at)}` : ''
  const why = reason ? `: ${reason}` : '.'
  return [{ kind: 'lane_paused', message: `${queue.name} is paused${until}${ended(why)}`, queue }]
}

/** Of an agent that takes no more work, once: not each time that it was tried in vain. What passes soon is no news. */
async function limited(api: Api, { data }: Event): Notices {
  const { provider: name, because, is_new } = data as { provider: string; because: string; is_new: boolean }
  const { providers } = await api.listProviders()
  const provider = providers.find(it => it.name === name)
  if (!is_new || !provider || provider.because !== because) return []
  const what = limitOf(provider)
  if (what === undefined) return []
  const waits = provider.queued === 1 ? '1 task waits' : `${provider.queued} tasks wait`
  return [{ kind: 'limit', message: `${agentFacts[provider.name].title} ${what.is}: ${waits}.${what.next}` }]
}

/** What it has come to, and the command that mends it. */
function limitOf({ name, because, until, mend }: Provider): { is: string; next: string } | undefined {
  const resume = `sparkq providers resume ${name}`
  switch (because) {
    case 'usage_limit':
      return { is: `has reached its usage limit${until ? ` until ${timeHere(until)}` : ''}`, next: '' }
    case 'auth':
      return { is: 'is not logged in', next: ` Mend it with: ${mend ? `${mend}, then ` : ''}${resume}` }
    case 'billing':
      return { is: 'has no credit left', next: ` See ${agentFacts[name].billing}, then: ${resume}` }
    default:
      return undefined
  }
}

const ended = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`)

/** `05:00`, or with the day where that is more than one away. */
function timeHere(at: string): string {
  const date = new Date(at)
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const isNear = Math.abs(date.getTime() - Date.now()) < 86_400_000
  return isNear ? time : `${date.getDate()} ${date.toLocaleString('en-GB', { month: 'short' })} ${time}`
}

const longest = 300

/** One line of visible text, whatever a task wrote. */
function plain(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const letters = [...line]
  return letters.length <= longest ? line : `${letters.slice(0, longest - 1).join('')}…`
}
