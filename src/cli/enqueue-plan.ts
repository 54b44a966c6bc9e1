import type { Api, Output } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import type { CheckedTask, Task } from '../contract/tasks.ts'
import type { PlanFormat, PlanOptions } from '../plans/plan.ts'
import { confirm } from './ask.ts'
import { type Hint, sayNext } from './hints.ts'
import { laneNext } from './lane-next.ts'
import { findQueue } from './lanes.ts'
import { type Lowered, lowerPlan, placeOf } from './plan-tasks.ts'
import { type NamedPlan, planMistakes, readPlan } from './read-plan.ts'
import { createStatusLine } from './status-line.ts'
import { type Column, printTable } from './table.ts'
import { describeWork } from './task-text.ts'
import { type Face, printJson, type Terminal } from './terminal.ts'
import { count } from './text.ts'
import { clock, span } from './times.ts'

export type PlanRequest = {
  from: string
  format: PlanFormat | undefined
  typed: PlanOptions
  once: boolean
  dryRun: boolean
  yes: boolean
  quiet: boolean
  json: boolean
  api: Api
  root: string
  cwd: string
  terminal: Terminal
}

type Checked = Lowered & { checked: CheckedTask }

/** Queues all tasks of a plan, or none: reads it, checks it, shows what it understood, asks. */
export async function enqueuePlan(request: PlanRequest): Promise<number | undefined> {
  const { api, terminal, json } = request
  const plan = await readPlan(request.from, request.format, request.cwd)
  const tasks = await check(request, plan)
  for (const warning of new Set(tasks.flatMap(it => it.checked.warnings))) terminal.err.line(warning)
  if (request.dryRun) return showDryRun(request, plan, tasks)

  const fresh = tasks.filter(it => it.checked.known === null)
  if (fresh.length > 0 && !request.yes && !(await ask(request, plan, tasks))) return 1
  const answer = await queue(api, tasks, terminal)
  if (json) return printJson(terminal.out, answer)
  const known = new Set(tasks.flatMap(it => it.checked.known ?? []))
  const made = answer.tasks.filter(task => !known.has(task.friendly_id))
  if (request.quiet) for (const task of made) terminal.out.data(task.friendly_id)
  else await sayQueued(terminal, api, plan, made, known.size)
}

/** So many are checked at a time: an answer is never far away, and progress can be told. */
const batch = 500

async function check({ api, root, typed, once, terminal }: PlanRequest, plan: NamedPlan): Promise<Checked[]> {
  const { lowered, problems, hints } = await lowerPlan(plan, { api, root, typed, once })
  const checked = await checkAll(api, lowered, terminal)
  for (const { task, checked: it } of checked) {
    if (it.problem === null) continue
    const { message, hint, pointer } = it.problem
    problems.push({ place: placeOf(plan, task, optionAt(pointer)), sentence: message })
    if (hint !== null) hints.push(hint)
  }
  if (problems.length > 0) throw planMistakes(plan, problems, hints)
  return checked
}

async function checkAll(api: Api, lowered: Lowered[], { err }: Terminal): Promise<Checked[]> {
  const progress = createStatusLine(err)
  const checked: Checked[] = []
  try {
    for (let from = 0; from < lowered.length; from += batch) {
      if (lowered.length > batch) progress.show(`checking ${from} of ${lowered.length} tasks`)
      const part = lowered.slice(from, from + batch)
      const { tasks } = await api.checkTasks({ tasks: part.map(it => it.input) })
      for (const [i, it] of part.entries()) checked.push({ ...it, checked: tasks[i] as CheckedTask })
    }
    return checked
  } finally {
    progress.clear()
  }
}

/** What a plan calls the field that the Api complains of. */
function optionAt(pointer: string | null): string | undefined {
  const [, first = '', second] = (pointer ?? '').split('/')
  const names: Record<string, string> = { tool_name: 'tool', task_class: 'class', script_path: 'script' }
  const field = first === 'payload' ? (second ?? first) : first
  return field === '' ? undefined : (names[field] ?? field)
}

async function queue(api: Api, tasks: Checked[], { err }: Terminal): Promise<Output<'createTasks'>> {
  if (tasks.length === 0) return { tasks: [], created: 0, warnings: [] }
  const progress = createStatusLine(err)
  if (tasks.length > batch) progress.show(`queuing ${tasks.length} tasks`)
  try {
    return await api.createTasks({ tasks: tasks.map(it => it.input) })
  } catch (error) {
    throw error instanceof SparkqError && error.code === 'unreachable' ? withDoubt(error) : error
  } finally {
    progress.clear()
  }
}

/** Without keys nobody can tell whether they were queued; with them, saying it again is safe. */
function withDoubt({ code, message, cause }: SparkqError): SparkqError {
  return new SparkqError(code, message, {
    hint: 'sparkq tasks shows what was queued; with --once it can be said again',
    cause,
  })
}

function showDryRun({ terminal, json }: PlanRequest, plan: NamedPlan, tasks: Checked[]): undefined {
  const { done, unboxed } = plan
  if (json) {
    const shown = tasks.map(({ input, checked: { problem: _, ...checked } }) => ({ ...input, ...checked }))
    return printJson(terminal.out, { tasks: shown, done, unboxed })
  }
  showPlan(terminal.out, tasks, Number.POSITIVE_INFINITY)
  terminal.err.line([`${count(tasks.length, 'task')}, nothing was queued`, ...leftOut(plan)].join(' · '))
}

/** A question is not lost above what it asks about. */
const mostRows = 30

async function ask({ terminal }: PlanRequest, plan: NamedPlan, tasks: Checked[]): Promise<boolean> {
  const fresh = tasks.filter(it => it.checked.known === null).length
  const known = tasks.length - fresh
  if (terminal.isInteractive) {
    showPlan(terminal.err, tasks, mostRows)
    for (const line of leftOut(plan)) terminal.err.line(line)
    if (known > 0) terminal.err.line(`${known} of them ${are(known)} queued already`)
  }
  const what = `${count(fresh, 'task')} of ${plan.name} will be queued.`
  return confirm(terminal, what, '--yes', 'Nothing was queued.')
}

function showPlan(face: Face, tasks: Checked[], most: number): void {
  const when = tasks.some(it => it.input.not_before)
  const columns: Column[] = [
    { title: 'lane' },
    { title: 'tool' },
    { title: 'what', flexible: true },
    { title: 'timeout', align: 'right' },
    ...(when ? [{ title: 'not before' }] : []),
  ]
  const shown = face.isTerminal ? tasks.slice(0, most) : tasks
  const rows = shown.map(({ input, checked }) => {
    const { queue, timeout, known } = checked
    const tool_name = checked.tool_name ?? ''
    const work = describeWork({ payload: input.payload, tool_name })
    const what = known === null ? work : `${known} already: ${work}`
    const time = input.not_before ? clock(input.not_before) : ''
    return [
      queue?.name ?? '',
      tool_name,
      what,
      timeout === null ? '' : span(timeout),
      ...(when ? [time] : []),
    ]
  })
  printTable(face, columns, rows)
  const more = tasks.length - shown.length
  if (more > 0) face.line(`  ${shown.length} shown, ${more} more · --dry-run shows all`)
}

const are = (number: number) => (number === 1 ? 'is' : 'are')

function leftOut({ done, unboxed }: NamedPlan): string[] {
  return [
    ...(done > 0 ? [`${done} ticked off ${are(done)} left out`] : []),
    ...(unboxed > 0 ? [`${count(unboxed, 'list item')} without a box ${are(unboxed)} left out`] : []),
  ]
}

async function sayQueued(
  { out, err }: Terminal,
  api: Api,
  plan: NamedPlan,
  made: Task[],
  known: number,
): Promise<void> {
  const before = known > 0 ? [`${known} ${known === 1 ? 'was' : 'were'} queued before`] : []
  if (made.length === 0) {
    const nothingNew = known > 0 ? 'Nothing new' : 'Nothing to queue'
    out.line([`${nothingNew} in ${plan.name}`, ...before, ...leftOut(plan)].join(' · '))
    return
  }
  const lanes = Map.groupBy(made, task => task.queue.name)
  for (const [lane, tasks] of lanes)
    out.line(`Queued ${count(tasks.length, 'task')} in "${lane}": ${rangeOf(tasks)}`)
  for (const line of [...before, ...leftOut(plan)]) err.line(line)
  const next = await Promise.all([...lanes.values()].slice(0, 3).map(tasks => nextOf(api, tasks)))
  sayNext(err, next.flat())
}

async function nextOf(api: Api, tasks: Task[]): Promise<Hint[]> {
  const [first] = tasks as [Task]
  const tools = new Set(tasks.map(task => task.tool_name))
  return (await laneNext(api, await findQueue(api, first.queue.id), [...tools])).next
}

function rangeOf(tasks: Task[]): string {
  const [first, last] = [tasks[0]?.friendly_id, tasks.at(-1)?.friendly_id]
  return first === last ? String(first) : `${first} to ${last}`
}
