import { type Cell, type Column, printTable } from '../src/cli/table.ts'
import { describeWork, glyphOf, statusText, timeText } from '../src/cli/task-text.ts'
import type { Face } from '../src/cli/terminal.ts'
import { count, oneLine, padEnd } from '../src/cli/text.ts'
import { duration, runTime } from '../src/cli/times.ts'
import type { Task } from '../src/contract/tasks.ts'
import type { Checked } from './checks.ts'
import { checkout, type Place } from './place.ts'
import { lanes } from './plan.ts'

/** What ran and how it ended, in the CLI's own words. */
export async function review(out: Face, place: Place, tasks: Task[], tookMs: number): Promise<void> {
  const number = (status: Task['status']) => tasks.filter(task => task.status === status).length
  const workMs = tasks.reduce((sum, task) => sum + (runTime(task) ?? 0), 0)
  title(out, 'Review')
  out.line(
    `${count(tasks.length, 'task')} in ${count(lanes.length, 'lane')}: ${number('succeeded')} succeeded, ${number('failed')} failed` +
      ` · ${duration(workMs)} of work in ${duration(tookMs)}`,
  )
  printTable(out, columns, tasks.map(toRow))
  for (const words of looks) {
    out.line(`\n${out.paint('dim', '$')} sparkq ${words.join(' ')}`)
    await place.show(words)
  }
}

export function sayChecked(out: Face, checked: Checked[]): void {
  title(out, 'Checked')
  for (const { what, wrong, remark } of checked) {
    if (wrong !== undefined) out.line(`${out.paint('red', '✗')} ${what}: ${wrong}`)
    else if (remark !== undefined) out.line(`${out.paint('yellow', '!')} ${what}: ${remark}`)
    else out.line(`${out.paint('green', '✓')} ${what}`)
  }
}

export function sayNext(out: Face, place: Place, kept: boolean): void {
  title(out, 'Look closer')
  const sparkq = kept ? `${checkout}/sparkq.sh` : 'sparkq'
  if (kept) out.line(`  cd ${place.folder}`)
  for (const [command, purpose] of closer)
    out.line(`  ${padEnd(`${sparkq} ${command}`, sparkq.length + 20)} ${out.paint('dim', purpose)}`)
  if (!kept)
    out.line('This project is gone now; "npm run demo -- --keep" leaves it there for these commands.')
}

const columns: Column[] = [
  { title: '' },
  { title: 'lane' },
  { title: 'task' },
  { title: 'what', flexible: true },
  { title: 'status' },
  { title: 'time', align: 'right' },
  { title: 'said last' },
]

function toRow(task: Task): Cell[] {
  const said = task.result_summary ?? task.error_detail ?? ''
  return [
    glyphOf(task),
    task.queue.name,
    task.friendly_id,
    describeWork(task),
    statusText(task),
    timeText(task),
    oneLine(said.trimEnd().split('\n').at(-1) as string),
  ]
}

const looks = [
  ['logs', 'DATA-3'],
  ['task', 'CHORES-1'],
]

const closer: [command: string, purpose: string][] = [
  ['tasks', 'all tasks; also by lane, session or status'],
  ['task DATA-2', 'everything about it, with its result data'],
  ['logs CHORES-1', 'all that it wrote before it was stopped'],
  ['task CHORES-2', 'both of its attempts'],
  ['requeue DATA-3', 'queue it again'],
]

function title(out: Face, text: string): void {
  out.line(`\n${out.paint('bold', text)}`)
}
