import type { Api, Input } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import { standingText } from '../../contract/review-text.ts'
import { type Context, defineCommand } from '../command.ts'
import { forEach } from '../each.ts'
import { sayNext } from '../hints.ts'
import { finishedTask } from '../kinds.ts'
import { jsonOption, onlyQueueOption, onlySessionOption, sinceOption, taskArg } from '../options.ts'
import { workText } from '../queued.ts'
import { readSince } from '../read-time.ts'
import type { Reviewed } from '../review/report.ts'
import type { Round, Walked } from '../review/walk.ts'
import { printJson } from '../terminal.ts'
import { count, oneLine } from '../text.ts'

const args = { tasks: { ...taskArg, kind: finishedTask, optional: true, many: true } } as const
const options = {
  queue: onlyQueueOption,
  session: onlySessionOption,
  since: sinceOption('the last review'),
  all: { type: 'flag', describe: 'also what finished since then and needs no decision' },
  accept: { type: 'flag', describe: 'accept these tasks' },
  reject: { type: 'flag', describe: 'reject these tasks' },
  note: {
    type: 'text',
    value: 'TEXT',
    blank: true,
    describe: 'what to say of it, with --accept or --reject',
  },
  close: {
    type: 'flag',
    describe: 'report, and close the review: what happened until now is no news any more',
  },
  md: { type: 'flag', describe: 'report as Markdown' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'See what happened since you last looked, and decide on what needs you.',
  usage: ['review [options]', 'review TASK … [--accept | --reject] [--note TEXT]'],
  args,
  options,
  notes: `On a terminal it shows one task after the other, and single keys decide; "?" tells them. At the end the review is closed:
what happened until its beginning is no news any more. After q or Ctrl-C it stays open, as it does when it was narrowed (TASK,
--queue, --session, --since). What was left for later comes again, however old it is.
In a pipe, and with --json, --md or --close, it is a report that decides nothing.
Which tasks need a decision says sparkq.yml (review.needs).`,
  examples: [
    'sparkq review',
    'sparkq review AUTH-4 AUTH-5 --reject --note "wrong branch"',
    'sparkq review --since 8h --md > morning.md',
  ],
  ownsSignals: true,
  run: async context => {
    const { args, options, terminal } = context
    checkOptions(context)
    const filter = readFilter(options)
    const { api } = await context.connect()
    if (options.accept || options.reject) return decide(context, api)
    const isReport = options.json || options.md || options.close
    if (isReport || !terminal.isInteractive || !terminal.out.isTerminal) {
      if (args.tasks.length > 0)
        throw invalid('What of it? Without a terminal, say it.', {
          hint: `sparkq review ${args.tasks[0]} --accept\nsparkq review ${args.tasks[0]} --reject --note TEXT`,
        })
      return report(context, api, filter)
    }
    return args.tasks.length > 0 ? reviewNamed(context, api) : reviewAll(context, api, filter)
  },
})

type Filter = Omit<Input<'getReview'>, 'limit' | 'cursor'>

function readFilter(options: Typed['options']): Filter {
  const since = readSince(options.since)
  return {
    ...(options.queue === undefined ? {} : { queue_id: options.queue }),
    ...(options.session === undefined ? {} : { session_id: options.session }),
    ...(since === undefined ? {} : { since }),
    ...(options.all ? { all: true } : {}),
  }
}

function checkOptions({ args, options }: Typed): void {
  const { accept, reject, note, close, md, json, queue, session, since, all } = options
  const decides = accept || reject
  const hint = 'sparkq review --help'
  const refuse = (message: string): never => {
    throw invalid(message, { hint })
  }
  if (accept && reject) refuse('Either --accept or --reject, not both.')
  if (decides && args.tasks.length === 0) refuse('Which task? Name those that are to be decided on.')
  if (note !== undefined && !decides) refuse('--note goes with --accept or --reject.')
  if (decides && (close || md)) refuse('A decision is no report: leave --close and --md out.')
  if (close && (queue ?? session ?? since) !== undefined)
    refuse('--close is for the whole review: leave --queue, --session and --since out.')
  if (json && md) refuse('Either --json or --md, not both.')
  if (args.tasks.length > 0 && (queue ?? session ?? since ?? (all || undefined)) !== undefined)
    refuse('Either tasks by name, or --queue, --session, --since and --all.')
}

function decide({ args, options, terminal }: Typed, api: Api): Promise<number | undefined> {
  const decision = options.accept ? 'accepted' : 'rejected'
  return forEach(args.tasks, terminal, async id => {
    const note = options.note === undefined ? {} : { note: options.note || null }
    const { task } = await api.reviewTask({ id, decision, ...note })
    if (options.json) return printJson(terminal.out, { task })
    const said = task.review_note ? ` · ${oneLine(task.review_note)}` : ''
    const word = options.accept ? 'Accepted' : 'Rejected'
    terminal.out.line(`${word} ${task.friendly_id} · ${workText(terminal, task)}${said}`)
    if (!options.accept) sayNext(terminal.err, [[`sparkq requeue ${task.friendly_id}`, 'try it again']])
  })
}

async function report({ options, terminal }: Typed, api: Api, filter: Filter): Promise<undefined> {
  const answer = await readWhole(api, filter)
  if (options.json) printJson(terminal.out, answer)
  else if (options.md) {
    const { toMarkdown } = await import('../review/markdown.ts')
    terminal.out.data(await toMarkdown(api, answer))
  } else {
    const { showReport } = await import('../review/report.ts')
    showReport(terminal, answer, filter.since !== undefined)
  }
  if (options.close) await api.closeReview({ upto: answer.review.upto })
}

/** With all its tasks; those of the first page belong to what it says. */
async function readWhole(api: Api, filter: Filter): Promise<Reviewed> {
  const first = await api.getReview({ ...filter, limit: 500 })
  let cursor = first.next_cursor
  while (cursor !== null) {
    const next = await api.getReview({ ...filter, limit: 500, cursor })
    first.tasks.push(...next.tasks)
    cursor = next.next_cursor
  }
  return { ...first, next_cursor: null }
}

async function reviewNamed(context: Typed, api: Api): Promise<number | undefined> {
  const ids: string[] = []
  for (const ref of context.args.tasks) {
    const { task } = await api.getTask({ id: ref })
    if (task.finished_at === null)
      throw invalid(`${task.friendly_id} is ${task.status}: only a finished task can be reviewed.`, {
        hint: `sparkq task ${task.friendly_id}`,
      })
    ids.push(task.id)
  }
  const walked = await goThrough(
    context,
    api,
    { total: ids.length, at: async place => ids[place] },
    { named: true },
  )
  return sayEnd(context, walked)
}

async function reviewAll(context: Typed, api: Api, filter: Filter): Promise<number | undefined> {
  const { terminal } = context
  const { showNews, sayPaused } = await import('../review/report.ts')
  const first = await api.getReview(filter)
  const { review } = first
  showNews(terminal.out, review, filter.since !== undefined)
  sayPaused(terminal.err, review)
  const round = roundOf(api, filter, first)
  const walked = await goThrough(context, api, round, { above: review.lanes.length + 3 })
  const isNarrowed = filter.queue_id ?? filter.session_id ?? filter.since
  if (walked.end !== 'end') return sayEnd(context, walked)
  if (isNarrowed === undefined) await api.closeReview({ upto: review.upto })
  sayEnd(context, walked)
  await sayStanding(context, api, filter, walked.decided.size === walked.passed)
}

/** Its pages are read when their turn comes: decided tasks are no longer in those to come. */
function roundOf(api: Api, filter: Filter, first: Reviewed): Round {
  const ids = first.tasks.map(task => task.id)
  let cursor = first.next_cursor
  return {
    total: first.review.to_review,
    at: async place => {
      while (place >= ids.length && cursor !== null) {
        const next = await api.getReview({ ...filter, cursor })
        ids.push(...next.tasks.map(task => task.id))
        cursor = next.next_cursor
      }
      return ids[place]
    },
  }
}

async function goThrough(
  { terminal, env }: Typed,
  api: Api,
  round: Round,
  { named = false, above = 0 },
): Promise<Walked> {
  const decided: Walked['decided'] = new Map()
  if ((await round.at(0)) === undefined) return { decided, passed: 0, end: 'end' }
  const { openKeyboard } = await import('../review/keyboard.ts')
  const { walk } = await import('../review/walk.ts')
  const keyboard = openKeyboard(terminal.out)
  try {
    return await walk({ api, terminal, env, keyboard, decided, named, above }, round)
  } finally {
    keyboard.close()
  }
}

function sayEnd({ terminal }: Typed, { decided, end }: Walked): number | undefined {
  const word = { end: 'Reviewed', quit: 'Stopped', interrupt: 'Stopped' }[end]
  const parts = (['accepted', 'rejected', 'requeued'] as const).flatMap(decision => {
    const number = [...decided.values()].filter(it => it === decision).length
    return number === 0 ? [] : [`${number} ${decision}`]
  })
  if (parts.length > 0 || end !== 'end')
    terminal.out.line(`${word}: ${parts.join(', ') || 'nothing decided'}.`)
  if (end !== 'end') sayNext(terminal.err, [['sparkq review', 'go on with the rest']])
  return end === 'interrupt' ? 130 : undefined
}

/** What is left, what came in meanwhile, and what goes on. */
async function sayStanding({ terminal }: Typed, api: Api, filter: Filter, isAll: boolean): Promise<void> {
  const { out } = terminal
  const { review } = await api.getReview({ ...filter, limit: 1 })
  if (review.to_review === 0) out.line('Nothing left to review.')
  else {
    const what = count(review.to_review, 'task waits', 'tasks wait')
    out.line(`${what} for your eye${isAll ? ', which came in meanwhile' : ''}: sparkq review`)
  }
  const standing = standingText(review)
  if (standing !== '') out.line(out.paint('dim', `Going on: ${standing}.`))
}
