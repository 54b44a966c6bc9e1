import { createHash } from 'node:crypto'
import type { Api } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { toolKind } from '../contract/payloads.ts'
import type { Queue } from '../contract/queues.ts'
import type { TaskInput } from '../contract/tasks.ts'
import type { PlanOptions, PlanTask, PlanWork, Problem } from '../plans/plan.ts'
import { toProjectPath } from './enqueue-work.ts'
import { findQueue, findQueueIfAny, missingQueue } from './lanes.ts'
import type { NamedPlan } from './read-plan.ts'
import { readMoment } from './read-time.ts'

/** A task of a plan as it will be sent, with the way back to its place in the plan. */
export type Lowered = { input: TaskInput; task: PlanTask }

export type Lowering = {
  api: Api
  /** The project: what paths in a plan are relative to. */
  root: string
  /** What the command line says for all tasks; its paths are relative to the project by now. */
  typed: PlanOptions
  once: boolean
}

/**
 * Turns the tasks of a plan into what the Api takes. What a task (or the heading above it) says goes before the command
 * line, that before the head of the plan, that before what the lane has.
 * @returns the tasks without mistakes, and the mistakes
 */
export async function lowerPlan(
  plan: NamedPlan,
  lowering: Lowering,
): Promise<{ lowered: Lowered[]; problems: Problem[]; hints: string[] }> {
  const lanes = new Map<string, Promise<Queue>>()
  const queueOf = (name = '') => {
    const known = lanes.get(name) ?? findLane(lowering.api, name)
    lanes.set(name, known)
    return known
  }
  const now = new Date()
  const lowered: Lowered[] = []
  const problems: Problem[] = []
  const hints: string[] = []
  for (const task of plan.tasks) {
    const said = combine(plan.head.options, lowering.typed, task.options)
    const note = (option: string) => (error: unknown) => {
      if (!(error instanceof SparkqError) || !['invalid', 'not_found'].includes(error.code)) throw error
      problems.push({ place: placeOf(plan, task, option), sentence: error.message })
      if (error.hint) hints.push(error.hint)
      return undefined
    }
    const queue = await queueOf(said.lane).catch(note('lane'))
    const when = readWhen(said, now, note(said.in === undefined ? 'at' : 'in'))
    if (queue && when) lowered.push({ input: toInput(task, { said, when, queue, plan, lowering }), task })
  }
  problems.push(...doubleKeys(lowered))
  if (lowering.once) for (const it of withKeys(lowered)) it.input.idempotency_key ??= it.key
  return { lowered, problems, hints }
}

/** Where the plan says this of a task: at the task, else in its head. */
export function placeOf({ head }: NamedPlan, task: PlanTask, option?: string) {
  const isInHead =
    option !== undefined &&
    Reflect.get(task.options, option) === undefined &&
    Reflect.get(head.options, option) !== undefined
  return isInHead ? head.place(option) : task.place(option)
}

/** `in` and `at` are two ways to say the same: the last word on either is the word on both. */
function combine(...levels: (PlanOptions & { key?: string })[]): PlanOptions & { key?: string } {
  return levels.reduce((below, level) => {
    const { in: _in, at: _at, ...rest } = below
    const base = level.in === undefined && level.at === undefined ? below : rest
    const env = below.env || level.env ? { env: { ...below.env, ...level.env } } : {}
    return { ...base, ...level, ...env }
  })
}

/** The lane of this name; where there is none, the one that setup makes. */
async function findLane(api: Api, name: string): Promise<Queue> {
  if (name !== '') return findQueue(api, name)
  const lane = await findQueueIfAny(api, 'default')
  if (lane) return lane
  throw await missingQueue(api)
}

type When = { not_before?: string }

function readWhen({ in: within, at }: PlanOptions, now: Date, note: (error: unknown) => undefined) {
  try {
    const not_before = readMoment({ in: within, at }, { in: 'in', at: 'at' }, now)
    return not_before === undefined ? {} : { not_before }
  } catch (error) {
    return note(error)
  }
}

type Around = {
  said: PlanOptions & { key?: string }
  when: When
  plan: NamedPlan
  queue: Queue
  lowering: Lowering
}

function toInput(task: PlanTask, { said, when, ...around }: Around): TaskInput {
  const tool = chooseTool(task, around)
  return {
    queue_id: around.queue.id,
    payload: toPayload(task, said, around.lowering.root),
    ...when,
    ...(tool === undefined ? {} : { tool_name: tool }),
    ...(said.class === undefined ? {} : { task_class: said.class }),
    ...(said.timeout === undefined ? {} : { timeout: said.timeout }),
    ...(said.max_attempts === undefined ? {} : { max_attempts: said.max_attempts }),
    ...(said.key === undefined ? {} : { idempotency_key: said.key }),
  }
}

/** What is to be run says by what; a tool that stands for many tasks counts for those that are prompts, or payloads. */
function chooseTool(
  { options, work }: PlanTask,
  { plan, queue, lowering }: Pick<Around, 'plan' | 'queue' | 'lowering'>,
): string | undefined {
  if (options.tool !== undefined) return options.tool
  const general = [lowering.typed.tool, plan.head.options.tool, queue.settings.default_tool]
  switch (work.form) {
    case 'command':
      return 'run-bash'
    case 'code':
      return 'run-python'
    case 'script':
      return work.file.endsWith('.py') ? 'run-python' : 'run-bash'
    case 'prompt':
      return general.find(tool => tool !== undefined && ['prompt', 'other'].includes(toolKind(tool)))
    case 'payload':
      return general.find(tool => tool !== undefined)
  }
}

function toPayload({ options, work }: PlanTask, said: PlanOptions, root: string): Record<string, unknown> {
  if (work.form === 'payload')
    return options.check === undefined ? work.payload : { ...work.payload, check: options.check }
  // A folder or a variable that is meant for many tasks means nothing to a prompt; one of its own is a mistake to tell.
  const { cwd, env } = work.form === 'prompt' ? options : said
  const where = {
    ...(cwd === undefined ? {} : { cwd: toProjectPath(cwd, root, root) }),
    ...(env === undefined ? {} : { env }),
    ...(said.check === undefined ? {} : { check: said.check }),
  }
  return { ...toRun(work, root), ...where }
}

function toRun(work: Exclude<PlanWork, { form: 'payload' }>, root: string): Record<string, unknown> {
  if (work.form !== 'script') return { [work.form]: work.text }
  const script_path = toProjectPath(work.file, root, root)
  return work.args.length > 0 ? { script_path, args: work.args } : { script_path }
}

/** The same key in the same lane would make one task of two. */
function doubleKeys(lowered: Lowered[]): Problem[] {
  const seen = new Map<string, number>()
  const problems: Problem[] = []
  for (const { input, task } of lowered) {
    if (input.idempotency_key === undefined) continue
    const known = JSON.stringify([input.queue_id, input.idempotency_key])
    const place = task.place('key')
    const first = seen.get(known)
    if (first === undefined) seen.set(known, place.line)
    else
      problems.push({
        place,
        sentence: `the key "${input.idempotency_key}" is that of line ${first} already.`,
      })
  }
  return problems
}

/** A key for each task that says what it does and where; the second of two that say the same has one of its own. */
function withKeys(lowered: Lowered[]): (Lowered & { key: string })[] {
  const times = new Map<string, number>()
  return lowered.map(it => {
    const { queue_id, tool_name, payload } = it.input
    const content = JSON.stringify([queue_id, tool_name ?? null, payload])
    const nth = (times.get(content) ?? 0) + 1
    times.set(content, nth)
    const hash = createHash('sha256').update(`${nth} ${content}`).digest('hex')
    return { ...it, key: `plan-${hash.slice(0, 32)}` }
  })
}
