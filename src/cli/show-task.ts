import type { Attempt } from '../contract/attempts.ts'
import type { TaskQuestion } from '../contract/questions.ts'
import type { Task } from '../contract/tasks.ts'
import { agentRows, changesRows, checkText, hasDataOfItsOwn } from './agent-text.ts'
import { showAttempts } from './show-attempts.ts'
import { describeWork, glyphOf, isStale, isStalled, statusText, timeText } from './task-text.ts'
import type { Face } from './terminal.ts'
import { indent, oneLine, padEnd, shorten, visible, widthOf } from './text.ts'
import { clockExact, relative, span } from './times.ts'

/**
 * @property original the task that it is a copy of
 * @property why      why it does not run
 * @property now      what it said last, while it runs
 */
type Shown = { task: Task; attempts: Attempt[]; original?: string; why?: string; now?: string }

/** Everything about a task: what it is and where it stands in a few lines, then its texts whole. */
export function showTask(out: Face, shown: Shown): void {
  const { task, attempts } = shown
  const row = (label: string, text: string) => out.line(`  ${out.paint('dim', padEnd(label, 10))}${text}`)
  const block = (label: string, text: string) => {
    out.line(`  ${out.paint('dim', label)}`)
    out.line(indent(visible(text.trimEnd()), 4))
  }
  title(out, task)
  for (const [label, text] of facts(shown)) row(label, text)
  row('next', nextCommands(task).join(' | '))
  if (task.error_detail?.includes('\n')) block('what it said', task.error_detail)
  if (task.result_summary?.includes('\n')) block('summary', task.result_summary)
  for (const asked of task.questions ?? []) block('question', questionText(asked))
  for (const [label, text] of payloadTexts(task)) block(label, text)
  if (hasDataOfItsOwn(task)) block('result data', JSON.stringify(task.result_data, null, 2))
  if (task.queue.instructions) block(`instructions of ${task.queue.name}`, task.queue.instructions)
  showAttempts(out, attempts)
}

/** A prompt as it was written; what else there is as JSON. */
function payloadTexts({ payload }: Task): [label: string, text: string][] {
  const { prompt, ...rest } = (payload ?? {}) as Record<string, unknown>
  if (typeof prompt !== 'string') return [['payload', JSON.stringify(payload, null, 2)]]
  const others: [string, string][] =
    Object.keys(rest).length > 0 ? [['payload', JSON.stringify(rest, null, 2)]] : []
  return [['prompt', prompt], ...others]
}

function questionText({ question, options, answer }: TaskQuestion): string {
  const proposed = options.map((option, i) => `${i + 1}) ${option}`)
  return [question, ...proposed, ...(answer === null ? [] : [`answer: ${answer}`])].join('\n')
}

function title(out: Face, task: Task): void {
  const status = statusText(task)
  const width = Math.min(out.columns, 100)
  const left = `${task.friendly_id}  ${task.tool_name} ${describeWork(task)}`
  const cut = out.isTerminal ? shorten(left, width - widthOf(status) - 2) : left
  const gap = ' '.repeat(Math.max(2, width - widthOf(cut) - widthOf(status)))
  out.line(`${out.paint('bold', cut)}${gap}${out.paint(glyphOf(task).style, status)}`)
}

function facts({ task, attempts, original, why, now }: Shown): [label: string, text: string][] {
  const queue = `${task.queue.name} (session ${task.session.name})`
  const rows: [string, string | undefined][] = [
    ['lane', `${queue}${task.worker_id ? `     worker  ${oneLine(task.worker_id)}` : ''}`],
    ['id', `${task.id}     class  ${task.task_class}     timeout  ${span(task.timeout)}`],
    ['created', times(task)],
    ['stops', task.status === 'running' ? stops(task) : undefined],
    ['stalled', isStalled(task) ? stalled(task) : undefined],
    ['copy of', original],
    ['key', task.idempotency_key === null ? undefined : oneLine(task.idempotency_key)],
    ['says', says(task)],
    ['check', checkText(task)],
    ['now', now],
    ['why', why === undefined ? undefined : oneLine(why)],
    [
      'output',
      task.attempt === null ? 'none yet' : `sparkq logs ${task.friendly_id}${tries(task, attempts)}`,
    ],
    ...changesRows(task, attempts),
    ...agentRows(task, attempts),
    ['review', review(task)],
  ]
  return rows.filter((row): row is [string, string] => row[1] !== undefined)
}

function times(task: Task): string {
  const steps: [string, string | null][] = [
    ['', task.created_at],
    ['claimed ', task.claimed_at],
    ['started ', task.started_at],
    ['finished ', task.finished_at],
  ]
  const shown = steps.flatMap(([label, at]) => (at === null ? [] : [{ label, time: clockExact(at) }]))
  // Claimed and started at the same second is one step to the eye.
  const told = shown.filter(({ label, time }, i) => label !== 'claimed ' || shown[i + 1]?.time !== time)
  const took = timeText(task)
  const of = task.finished_at && took ? `${took} of ${span(task.timeout)}` : took
  return `${told.map(({ label, time }) => label + time).join(' → ')}${of ? `     ${of}` : ''}`
}

function stops({ stops_at, ...task }: Task): string | undefined {
  if (stops_at === null) return undefined
  const stale = isStale({ stops_at, ...task }) ? ', stale already' : ''
  return `${relative(stops_at)}, at ${clockExact(stops_at)}${stale}`
}

function stalled({ stalled_at }: Task): string | undefined {
  if (stalled_at === null) return undefined
  return `since ${clockExact(stalled_at)} it has made no output and used no processor time`
}

/** What is to be known of its end: the tool's last word rather than "Exited with 7.", which the title says. */
function says({ result_summary, error_type, error_detail, error_message }: Task): string | undefined {
  if (result_summary !== null) return oneLine(result_summary.split('\n')[0] as string)
  if (error_message === null) return undefined
  const last = error_detail?.trim().split('\n').at(-1)?.trim()
  return oneLine(error_type === 'exit_code' && last ? last : error_message)
}

function tries({ max_attempts, attempts: charged }: Task, attempts: Attempt[]): string {
  const of = max_attempts > 1 ? `${charged} of ${max_attempts}` : String(attempts.length)
  return `     attempts  ${of}`
}

function review({ review, needs_review, review_note }: Task): string | undefined {
  if (review === null || (review === 'unreviewed' && !needs_review)) return undefined
  const state = review === 'unreviewed' ? 'waits for your look' : review
  return `${state}${review_note ? ` · ${oneLine(review_note)}` : ''}`
}

function nextCommands({ status, friendly_id, wait_reason, review, needs_review }: Task): string[] {
  switch (status) {
    case 'queued':
      return [
        wait_reason === 'question' ? `sparkq answer ${friendly_id}` : `sparkq first ${friendly_id}`,
        `sparkq edit ${friendly_id}`,
        `sparkq cancel ${friendly_id}`,
      ]
    case 'running':
      return [`sparkq logs -f ${friendly_id}`, `sparkq cancel ${friendly_id}`]
    default:
      return [
        `sparkq requeue ${friendly_id}`,
        needs_review && review === 'unreviewed'
          ? `sparkq review ${friendly_id}`
          : `sparkq logs ${friendly_id}`,
      ]
  }
}
