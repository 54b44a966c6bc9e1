import type { Attempt } from '../../contract/attempts.ts'
import type { Task } from '../../contract/tasks.ts'
import { agentRows, changesRows, hasDataOfItsOwn } from '../agent-text.ts'
import { describeWork, glyphOf, statusText, timeText } from '../task-text.ts'
import { type Face, hasColours } from '../terminal.ts'
import { count, oneLine, padEnd, shorten, visible, widthOf } from '../text.ts'
import { clock, relative, span } from '../times.ts'
import { fitColoured } from './coloured.ts'
import type { Tail, TailLine } from './output-tail.ts'
import { saidOf } from './report.ts'

/** What is known of a task that is to be decided on. `place`: `3 of 5`. */
export type Shown = { task: Task; attempts: readonly Attempt[]; place: string }

/** The rows that a card leaves to the keys below it. */
const rowsBelow = 2
const fewestLines = 3

/**
 * How a task is shown to be decided on: what, how it ended, what it says, the end of its output; no higher than the
 * terminal.
 * @param readTail reads so many lines of its output
 */
export async function showCard(
  out: Face,
  shown: Shown,
  readTail: (lines: number) => Promise<Tail>,
): Promise<void> {
  const head = headOf(out, shown)
  for (const line of head) out.line(line)
  if (shown.task.attempt === null) return
  const room = Math.max(fewestLines, out.rows - rowsBelow - head.length - 1)
  for (const line of tailOf(out, await readTail(room), shown.task)) out.line(line)
}

function headOf(out: Face, { task, attempts, place }: Shown): string[] {
  const row = (label: string, text: string): string => `  ${out.paint('dim', padEnd(label, 9))} ${text}`
  const rows = facts(task, attempts).flatMap(([label, text, most]) =>
    wrap(text, out.columns - 12, most).map((line, i) => row(i === 0 ? label : '', line)),
  )
  return [rule(out, task, place), ...title(out, task), ...rows]
}

/** `── 3 of 5 ───────── auth · 6 min ago`: where one task ends and the next begins. */
function rule(out: Face, task: Task, place: string): string {
  const left = `── ${place} `
  const right = ` ${shorten(oneLine(task.queue.name), Math.max(1, out.columns - widthOf(left) - 22))} · ${relative(task.finished_at ?? task.created_at)}`
  const fill = '─'.repeat(Math.max(2, out.columns - widthOf(left) - widthOf(right) - 1))
  return out.paint('dim', left + fill + right)
}

/** Narrower than this, how it ended stands in a line of its own. */
const narrow = 45

function title(out: Face, task: Task): string[] {
  const { text, style } = glyphOf(task)
  const status = out.paint(style, statusText(task))
  const work = `${task.friendly_id}  ${task.tool_name} ${describeWork(task)}`
  const room = out.columns - 3 - (out.columns < narrow ? 0 : widthOf(statusText(task)) + 2)
  const cut = shorten(work, room)
  const left = `${out.paint(style, text)} ${out.paint('bold', cut)}`
  if (out.columns < narrow) return [left, `  ${status}`]
  return [`${left}${' '.repeat(2 + room - widthOf(cut))}${status}`]
}

/** What there is to say, and in how many lines at most. */
function facts(task: Task, attempts: readonly Attempt[]): [label: string, text: string, most: number][] {
  const warnings = attempts.flatMap(it => it.warnings.map(text => `attempt ${it.number}: ${text}`))
  const detail = task.attempt === null || task.error_type === 'reported' ? task.error_detail : null
  const instructions = task.queue.instructions?.trim() ?? ''
  const rows: [string, string | undefined, number][] = [
    ['took', tookText(task, attempts), 1],
    ['says', blockOf(saidOf(task)), 5],
    ['detail', blockOf(detail ?? ''), 5],
    ...[...changesRows(task, attempts), ...agentRows(task, attempts).slice(0, 2)].map(
      ([label, text]): [string, string | undefined, number] => [label, text, 1],
    ),
    ['result', hasDataOfItsOwn(task) ? oneLine(JSON.stringify(task.result_data)) : undefined, 2],
    ...warnings.slice(0, 3).map(text => ['warning', oneLine(text), 2] as [string, string, number]),
    ['lane says', foldedText(instructions), 1],
    ['review', decidedText(task), 2],
  ]
  return rows.filter((it): it is [string, string, number] => it[1] !== undefined && it[1] !== '')
}

function tookText(task: Task, attempts: readonly Attempt[]): string {
  const took = timeText(task)
  const parts = [
    took === '' ? 'it never ran' : `${took} of ${span(task.timeout)}`,
    task.finished_at === null ? '' : `finished ${clock(task.finished_at)}`,
    attempts.length > 1 ? count(attempts.length, 'attempt') : '',
    task.result_summary !== null && task.error_message !== null ? oneLine(task.error_message) : '',
  ]
  return parts.filter(part => part !== '').join(' · ')
}

const blockOf = (text: string): string => visible(text.replaceAll('\r', '').replaceAll('\t', '    ').trim())

/** The first line, and how many there are. */
function foldedText(text: string): string {
  if (text === '') return ''
  const lines = text.split('\n')
  const more = lines.length > 1 ? ` … (d: all ${lines.length} lines)` : ''
  return oneLine(lines[0] as string) + more
}

function decidedText({ review, review_note }: Task): string | undefined {
  if (review === null || review === 'unreviewed') return undefined
  return `${review} already${review_note ? ` · ${oneLine(review_note)}` : ''}`
}

/** Lines no wider than that, at most so many, with `…` where there is more. */
function wrap(text: string, columns: number, most: number): string[] {
  const width = Math.max(10, columns)
  const lines: string[] = []
  for (const line of text.split('\n')) {
    let rest = line
    while (widthOf(rest) > width && lines.length < most) {
      const piece = shorten(rest, width + 1).replace(/…$/, '')
      const atBlank = piece.lastIndexOf(' ')
      const cut = atBlank > width / 2 ? piece.slice(0, atBlank) : piece
      lines.push(cut)
      rest = rest.slice(cut.length).trimStart()
    }
    lines.push(rest)
    if (lines.length > most) break
  }
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), shorten(`${lines[most - 1]} …`, width)]
}

function tailOf(out: Face, { lines, isAll }: Tail, task: Task): string[] {
  if (lines.length === 0) return [`  ${out.paint('dim', 'it wrote nothing')}`]
  const head = isAll
    ? 'all it wrote'
    : `the end of what it wrote (o: all of it, or sparkq logs ${task.friendly_id})`
  return [`  ${out.paint('dim', shorten(head, out.columns - 3))}`, ...lines.map(line => tailLine(out, line))]
}

/** What stderr had is told by its bar, too. */
function tailLine(out: Face, { stream, text }: TailLine): string {
  if (stream === null) return `  ${out.paint('dim', `│ ${text}`)}`
  const bar = stream === 'stderr' ? out.paint('red', '┃') : out.paint('dim', '│')
  return `  ${bar} ${fitColoured(text, out.columns - 5, hasColours(out))}`
}
