import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import type { Task } from '../src/contract/tasks.ts'
import { findLeftovers, isRunning } from './leftovers.ts'
import type { Place } from './place.ts'
import { checkout } from './place.ts'
import { lanes, orderCount, type Planned } from './plan.ts'
import { countImports, countLanguages, countLines, type Languages, sourcesOf, sumOrders } from './recount.ts'

/** What was found right or wrong. `remark` tells why something could not be compared. */
export type Checked = { what: string; wrong?: string; remark?: string }

export type Findings = {
  place: Place
  planned: Planned[]
  tasks: Task[]
  graceMs: number
  before: Snapshot
}

export type Snapshot = { languages: Languages; imports: Record<string, number> }

/** The checkout as the code tasks should see it. */
export function takeSnapshot(): Snapshot {
  return { languages: countLanguages(checkout), imports: countImports(checkout) }
}

/** Compares what SparkQ says with what can be found out without it. */
export async function checkAll(findings: Findings): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const { what, check } of checks) {
    try {
      const remark = await check(findings)
      checked.push(remark === undefined ? { what } : { what, remark })
    } catch (error) {
      checked.push({ what, wrong: (error as Error).message })
    }
  }
  return checked
}

type Check = (findings: Findings) => undefined | string | Promise<undefined>

const checks: { what: string; check: Check }[] = [
  { what: 'every task ended as it had to: status, exit code, attempts, summary', check: checkEnds },
  { what: 'every lane kept its order, one task at a time', check: checkOrder },
  { what: 'the lanes were worked side by side', check: checkOverlap },
  { what: 'lines, longest files and imports are what a second count finds', check: checkCode },
  { what: 'the orders and their sums are what a second calculation finds', check: checkOrders },
  { what: 'the traceback of DATA-3 names its line', check: checkTraceback },
  { what: 'CHORES-1 was stopped at twice its timeout, and nothing of it lives', check: checkStopped },
  { what: 'CHORES-2 made its backup, failed, and was right the second time', check: checkBackup },
]

function checkEnds({ planned, tasks }: Findings): undefined {
  assert.deepEqual(tasks.map(task => task.friendly_id).sort(), planned.map(({ id }) => id).sort())
  for (const { id, end, says } of planned) {
    const task = find(tasks, id)
    for (const [field, expected] of Object.entries(end))
      equal(`${id}.${field}`, task[field as 'id'], expected)
    const said = task.result_summary ?? task.error_detail ?? ''
    assert.match(said, says, `${id} says ${JSON.stringify(said)}`)
  }
}

function checkOrder({ planned, tasks }: Findings): undefined {
  for (const { name } of lanes) {
    const lane = planned.filter(it => it.lane === name).map(({ id }) => find(tasks, id))
    for (const [number, task] of lane.entries()) {
      const next = lane[number + 1]
      const inTurn = next === undefined || (next.claimed_at ?? '') >= (task.finished_at ?? '~')
      assert.ok(inTurn, `${next?.friendly_id} was claimed before ${task.friendly_id} had finished`)
    }
  }
}

/** Of every lane a task ran while one of each other lane did. */
function checkOverlap({ tasks }: Findings): undefined {
  for (const one of lanes)
    for (const other of lanes) {
      const runsIn = (name: string) => tasks.filter(task => task.queue.name === name)
      const met = runsIn(one.name).some(a => runsIn(other.name).some(b => overlap(a, b)))
      assert.ok(met, `no task of ${one.name} ran while one of ${other.name} did`)
    }
}

function overlap(a: Task, b: Task): boolean {
  return (a.started_at ?? '~') < (b.finished_at ?? '') && (b.started_at ?? '~') < (a.finished_at ?? '')
}

function checkCode({ tasks, before }: Findings): undefined | string {
  const after = takeSnapshot()
  try {
    assert.deepEqual(after, before)
  } catch {
    return 'not compared: the checkout was changed meanwhile'
  }
  equal('CODE-1', find(tasks, 'CODE-1').result_data, after.languages)

  const longest = Math.max(...sourcesOf(checkout).map(file => countLines(path.join(checkout, file))))
  const [lines, file] = (find(tasks, 'CODE-2').result_summary ?? '').split(' ')
  equal('CODE-2', Number(lines), longest)
  equal('CODE-2', countLines(path.join(checkout, file as string)), longest)

  const data = find(tasks, 'CODE-3').result_data as { modules: number; imported: Record<string, number> }
  equal('CODE-3', data, { modules: sourcesOf(checkout).length, imported: after.imports })
  return undefined
}

function checkOrders({ tasks, place }: Findings): undefined {
  const { regions, largest } = sumOrders()
  equal('build/orders.csv', countLines(place.at('build/orders.csv')), orderCount + 1)
  equal('DATA-2', find(tasks, 'DATA-2').result_data, regions)
  equal('DATA-4', find(tasks, 'DATA-4').result_data, { orders: orderCount, largest })

  const rows = fs.readFileSync(place.at('build/sorted.csv'), 'utf8').trimEnd().split('\n')
  const cents = rows.map(row => Number(row.split(',')[2]))
  equal('build/sorted.csv', rows.length, orderCount)
  assert.ok(
    cents.every((it, row) => row === 0 || it <= (cents[row - 1] as number)),
    'build/sorted.csv is not in order',
  )
}

async function checkTraceback({ place }: Findings): Promise<undefined> {
  const { stdout, stderr } = await place.sparkq(['logs', 'DATA-3'])
  assert.match(stdout, /^read 200,000 orders$/m)
  assert.match(
    stderr,
    /^Traceback .*\n[\s\S]*convert-orders\.py", line \d+, in convert\n[\s\S]*\nKeyError: 'currency'\n$/,
  )
}

async function checkStopped({ tasks, place, graceMs }: Findings): Promise<undefined> {
  const task = find(tasks, 'CHORES-1')
  const ranMs = Date.parse(task.finished_at as string) - Date.parse(task.claimed_at as string)
  const limitMs = task.timeout * 2 * 1000
  assert.ok(ranMs >= limitMs && ranMs <= limitMs + graceMs + slackMs, `CHORES-1 ended after ${ranMs} ms`)

  const { stdout } = await place.sparkq(['task', 'CHORES-1'])
  assert.match(stdout, /SIGTERM to \d+ process.*SIGKILL to \d+ process.*nothing survived/, stdout)
  equal('what still runs', findLeftovers(place.configFile), [])
  const daemon = Number(fs.readFileSync(place.at('build/daemon.pid'), 'utf8'))
  assert.ok(!isRunning(daemon), `the daemon of CHORES-1, process ${daemon}, still runs`)
}

function checkBackup({ tasks, place }: Findings): undefined {
  const backup = fs.readFileSync(place.at('build/backup.tar'))
  assert.ok(zlib.gunzipSync(fs.readFileSync(place.at('build/backup.tar.gz'))).equals(backup))
  equal('CHORES-2', find(tasks, 'CHORES-2').attempt, 2)
  const files = fs.readdirSync(place.at('scripts')).length
  equal('CHORES-2', find(tasks, 'CHORES-2').result_summary, `${files} files are the same in the backup`)
}

/** What a busy machine may add to the time that a stop takes. */
const slackMs = 2000

function find(tasks: Task[], id: string): Task {
  const task = tasks.find(it => it.friendly_id === id)
  assert.ok(task, `there is no ${id}`)
  return task
}

function equal(what: string, actual: unknown, expected: unknown): void {
  try {
    assert.deepEqual(actual, expected)
  } catch {
    throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
  }
}
