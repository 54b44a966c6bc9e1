import type { Attempt, StopReport } from '../contract/attempts.ts'
import { type Cell, printTable } from './table.ts'
import { failureText } from './task-text.ts'
import type { Face, Style } from './terminal.ts'
import { count, oneLine } from './text.ts'
import { clockExact, duration, runTime } from './times.ts'

/** The attempts of a task, where they tell more than the task itself does. */
export function showAttempts(out: Face, attempts: readonly Attempt[]): void {
  const isTelling =
    attempts.length > 1 ||
    attempts.some(it => it.outcome === 'failed' || isRetried(it) || it.warnings.length > 0)
  if (!isTelling) return
  out.line(`  ${out.paint('dim', 'attempts')}`)
  printTable(
    out,
    [
      { title: '' },
      { title: 'no.', align: 'right' },
      { title: 'end' },
      { title: 'time', align: 'right' },
      { title: 'started' },
      { title: 'worker' },
      { title: 'what', flexible: true },
    ],
    attempts.map(toRow),
  )
  for (const attempt of attempts) showRemarks(out, attempt)
}

function toRow(attempt: Attempt): Cell[] {
  const ms = runTime(attempt)
  return [
    '',
    String(attempt.number),
    { text: endText(attempt), style: attempt.outcome === null ? 'blue' : styles[attempt.outcome] },
    ms === undefined ? '' : duration(ms),
    clockExact(attempt.started_at ?? attempt.claimed_at),
    oneLine(attempt.worker_id ?? ''),
    oneLine(attempt.error_message ?? attempt.result_summary ?? ''),
  ]
}

function endText(attempt: Attempt): string {
  if (attempt.outcome === null) return 'running'
  if (isRetried(attempt)) return `${failureText(attempt)}, tried again`
  return attempt.charged ? attempt.outcome : `${attempt.outcome}, not charged`
}

/** It failed, and the task has attempts left. */
const isRetried = ({ outcome, charged, error_type }: Attempt): boolean =>
  outcome === 'returned' && charged && error_type !== null

const styles: Record<'succeeded' | 'failed' | 'returned', Style> = {
  succeeded: 'green',
  failed: 'red',
  returned: 'yellow',
}

function showRemarks(out: Face, { number, warnings, stop }: Attempt): void {
  for (const warning of warnings)
    out.line(`    ${out.paint('yellow', `attempt ${number}: ${oneLine(warning)}`)}`)
  if (stop) out.line(`    attempt ${number}: ${describeStop(stop)}`)
}

/** "TERM to 3 processes at 22:14:05, KILL to 1 process at 22:14:15 · nothing survived" */
function describeStop({ signals, survivors }: StopReport): string {
  const sent = signals.map(
    ({ signal, processes, at }) =>
      `${signal} to ${count(processes, 'process', 'processes')} at ${clockExact(at)}`,
  )
  const left = survivors.map(({ pid, command }) => `${pid} (${oneLine(command)})`)
  const after = left.length === 0 ? 'nothing survived' : `still there: ${left.join(', ')}`
  return `${sent.length === 0 ? 'no signal was needed' : sent.join(', ')} · ${after}`
}
