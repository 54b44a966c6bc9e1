import type { Output } from '../../contract/api.ts'
import type { Review, ReviewedLane } from '../../contract/review.ts'
import { reviewHeadline, standingText } from '../../contract/review-text.ts'
import { sayNext } from '../hints.ts'
import { openingCommand, whyClosed } from '../lanes.ts'
import { type Cell, type Column, printTable } from '../table.ts'
import { describeWork, glyphOf, statusText, whenText } from '../task-text.ts'
import type { Face, Terminal } from '../terminal.ts'
import { oneLine, usd } from '../text.ts'
import { duration } from '../times.ts'

export type Reviewed = Output<'getReview'>

/** What happened, what there is to decide on, and what to type for it. */
export function showReport(terminal: Terminal, { review, tasks }: Reviewed, asked: boolean): void {
  const { out, err } = terminal
  showNews(out, review, asked)
  if (tasks.length === 0) {
    out.line('Nothing left to review.')
    return
  }
  out.line()
  printTable(
    out,
    taskColumns,
    tasks.map(task => [
      glyphOf(task),
      task.friendly_id,
      describeWork(task),
      { text: statusText(task), style: glyphOf(task).style },
      whenText(task),
      oneLine(saidOf(task)),
    ]),
  )
  sayNext(err, [
    ['sparkq review', 'decide, one after the other (in a terminal)'],
    [`sparkq review ${tasks[0]?.friendly_id} --accept`, 'or one at a time: --accept, --reject --note TEXT'],
  ])
}

/** What it says of its end: its summary, or why it failed. */
export function saidOf(task: Reviewed['tasks'][number]): string {
  const { result_summary, error_type, error_detail, error_message } = task
  const last = error_detail?.trim().split('\n').at(-1)?.trim()
  return (error_type === 'exit_code' && last) || result_summary || error_message || last || ''
}

/** The headline, and a line for each lane. */
export function showNews(out: Face, review: Review, asked: boolean): void {
  out.line(out.paint('bold', reviewHeadline(review, { asked })))
  if (review.lanes.length === 0) return
  const hasCost = review.cost_usd > 0
  printTable(
    out,
    laneColumns.filter(({ title }) => hasCost || title !== 'cost'),
    review.lanes.map(lane => toRow(lane, hasCost)),
  )
}

const taskColumns: readonly Column[] = [
  { title: '' },
  { title: 'task' },
  { title: 'what', flexible: true },
  { title: 'status' },
  { title: 'when' },
  { title: 'says' },
]

const laneColumns: readonly Column[] = [
  { title: 'lane', flexible: true },
  { title: 'succeeded', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'work', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'now' },
]

function toRow(lane: ReviewedLane, hasCost: boolean): Cell[] {
  const { queue, succeeded, failed, work_seconds, cost_usd } = lane
  return [
    oneLine(queue.name),
    { text: String(succeeded), style: succeeded > 0 ? 'green' : 'dim' },
    { text: String(failed), style: failed > 0 ? 'red' : 'dim' },
    work_seconds > 0 ? duration(work_seconds * 1000) : '',
    ...(hasCost ? [cost_usd > 0 ? usd(cost_usd) : ''] : []),
    { text: nowText(lane), style: queue.status === 'idle' ? 'yellow' : undefined },
  ]
}

/** `1 running, 3 queued · paused (AUTH-4 failed)`. */
export function nowText(lane: ReviewedLane): string {
  const closed = whyClosed(lane.queue)
  return [standingText(lane), closed].filter(Boolean).join(' · ')
}

/** What opens paused lanes again. */
export function sayPaused(err: Face, { lanes }: Review): void {
  const hints = lanes
    .filter(({ queue }) => queue.status === 'idle')
    .map(({ queue }) => [openingCommand(queue) ?? '', 'let it go on'] as const)
  if (hints.length > 0) sayNext(err, hints)
}
