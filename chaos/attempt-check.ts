import fs from 'node:fs'
import { attemptFiles } from '../src/attempt-files/paths.ts'
import type { AttemptRow, TaskRow } from './checking.ts'
import type { Journal, Witness } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { Site } from './site.ts'

type Checking = { site: Site; ledger: Ledger; journal: Journal; complain: (what: string) => void }

/** An attempt has one true end: the one that the task itself wrote down, or one that what was done to it explains. */
export function checkAttempt(checking: Checking, task: TaskRow, attempt: AttemptRow): void {
  const { ledger, journal, complain } = checking
  const id = `${task.id}/${attempt.number}`
  const say = (what: string) =>
    complain(`attempt ${attempt.number} of ${task.friendly_id} (${task.id}) ${what}`)
  if (attempt.outcome === null) say('is left open')
  else if (attempt.runner_id === null) checkReported(ledger, id, attempt, say)
  else checkExecuted(checking, task, attempt, { witness: journal.byAttempt.get(id) ?? { starts: [] }, say })
}

type Case = { witness: Witness; say: (what: string) => void }

function checkExecuted(
  { site, ledger }: Checking,
  task: TaskRow,
  attempt: AttemptRow,
  { witness, say }: Case,
) {
  const { starts, end } = witness
  if (starts.length > 1) say(`was started ${starts.length} times`)
  if (!isTrue(witness, attempt) && !isExplained(ledger, task, attempt, witness)) {
    const told = end ?? (starts.length > 0 ? 'nothing' : 'it never began')
    say(`ended with ${recorded(attempt)}; the task says ${told}`)
  }
  checkOutput(site, task, attempt, { witness, say })
}

const recorded = ({ error_type, exit_code, signal }: AttemptRow): string =>
  [error_type ?? 'success', exit_code, signal].filter(it => it !== null).join(' ')

function checkReported(
  { reported, cancelAsked }: Ledger,
  id: string,
  { task_id, outcome, error_type }: AttemptRow,
  say: (what: string) => void,
): void {
  const said = reported.get(id)
  const found = error_type === 'reported' ? 'fail' : outcome === 'succeeded' ? 'complete' : error_type
  if (said !== undefined && found !== said) say(`was reported as ${said}, and is ${found}`)
  if (said === undefined && !cancelAsked.has(task_id)) say(`is ${found}, and nobody said so`)
}

function isTrue({ starts, end }: Witness, { error_type, exit_code, signal }: AttemptRow): boolean {
  if (starts.length === 0) return error_type === 'worker_lost'
  if (end === undefined) return false
  if (end === 'SIGKILL') return error_type === 'signal' && signal === end
  return exit_code === Number(end) && error_type === (end === '0' ? null : 'exit_code')
}

/** What was done to the attempt explains an end that is not the task's own. */
function isExplained(
  ledger: Ledger,
  task: TaskRow,
  { number, error_type, signal }: AttemptRow,
  { end }: Witness,
) {
  const id = `${task.id}/${number}`
  switch (error_type) {
    case 'worker_lost':
      return ledger.killedRecorders.has(id)
    case 'signal':
      return signal === 'SIGKILL' && ledger.killedTasks.has(id)
    case 'cancelled':
      return ledger.cancelAsked.has(task.id)
    case 'timeout':
      return end === undefined && kindOf(task) === 'hang'
    default:
      return false
  }
}

function checkOutput(
  { project }: Site,
  task: TaskRow,
  { number }: AttemptRow,
  { witness: { starts, end }, say }: Case,
): void {
  const files = attemptFiles(project.logs, task.id, number)
  for (const stream of ['out', 'err'] as const) {
    const file = stream === 'out' ? files.stdout : files.stderr
    const written = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
    const expected = linesOf(task).map(line => `${stream} ${task.id}/${number} ${line}\n`)
    // One that was ended from outside has written as far as it came.
    const count =
      starts.length === 0 ? 0 : end === undefined ? written.split('\n').length - 1 : expected.length
    if (written !== expected.slice(0, count).join('')) {
      say(
        `wrote ${written.length} bytes to std${stream} that are not what they should be: ${written.slice(-200)}`,
      )
    }
  }
}

const argsOf = (task: TaskRow): string[] => (JSON.parse(task.payload) as { args?: string[] }).args ?? []
const kindOf = (task: TaskRow): string => argsOf(task)[1] ?? 'outside'
const linesOf = (task: TaskRow): number[] => {
  const count = kindOf(task) === 'lines' ? Number(argsOf(task)[2]) : 1
  return Array.from({ length: count }, (_, i) => i + 1)
}
