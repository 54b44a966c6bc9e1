import fc from 'fast-check'
import type { Model, ModelQueue, ModelTask } from './state.ts'
import { stamp } from './state.ts'

/**
 * How a command says what it means: by a number, which whatever is there is counted round by. So a shrunk sequence,
 * in which less is there, still means something.
 */
export type Pick = { n: number; style: number; stray: boolean }

/** `stray`: not what would make sense, but anything, deleted things included. */
export const pick: fc.Arbitrary<Pick> = fc.record({
  n: fc.nat(11),
  style: fc.nat(3),
  stray: fc.nat(9).map(n => n === 9),
})

export const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary })

const among = <T>(list: T[], n: number): T | undefined => list[n % list.length]

/** The name or id of a session, a queue or a task; of one that `suits`, where there is one. */
export function sessionRef(model: Model, { n, style, stray }: Pick): string {
  const found = among(stray ? [...model.sessions, ...model.gone.sessions] : model.sessions, n)
  if (!found) return 'nowhere'
  return style === 0 ? found.id : style === 1 ? found.name.toUpperCase() : found.name
}

export function pickQueue(
  model: Model,
  { n, stray }: Pick,
  suits: (queue: ModelQueue) => boolean = it => it.status === 'active',
): ModelQueue | undefined {
  const suiting = stray ? [] : model.queues.filter(suits)
  if (suiting.length > 0) return among(suiting, n)
  return among(stray ? [...model.queues, ...model.gone.queues] : model.queues, n)
}

export function queueRef(model: Model, how: Pick, suits?: (queue: ModelQueue) => boolean): string {
  const found = pickQueue(model, how, suits)
  if (!found) return 'nowhere'
  return how.style === 0 ? found.id : how.style === 1 ? found.name.toUpperCase() : found.name
}

export function pickTask(model: Model, { n, stray }: Pick, suits: (task: ModelTask) => boolean) {
  const suiting = stray ? [] : model.tasks.filter(suits)
  if (suiting.length > 0) return among(suiting, n)
  return among(stray ? [...model.tasks, ...model.gone.tasks] : model.tasks, n)
}

export function taskRef(model: Model, how: Pick, suits: (task: ModelTask) => boolean): string {
  const found = pickTask(model, how, suits)
  if (!found) return 'NOWHERE-1'
  const { id, friendly_id } = found
  return [id, id.slice(0, 16), friendly_id.toLowerCase()][how.style] ?? friendly_id
}

export const isQueued = (task: ModelTask): boolean => task.status === 'queued'
export const isRunning = (task: ModelTask): boolean => task.status === 'running'
export const isFinished = (task: ModelTask): boolean => task.finished_at !== null

/** A time from now, in seconds; or one that no calendar has. */
export const when = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(-60, 0, 1, 10, 30, 100, 4000) },
  { weight: 1, arbitrary: fc.constant('2026-02-30T12:00:00Z') },
)
export const timeText = (model: Model, it: number | string): string =>
  typeof it === 'string' ? it : stamp(model.now + it * 1000)

/** The times at which something happens by itself, from now on. */
export function comingTimes(model: Model): number[] {
  const day = 86_400_000
  const times = [
    ...model.tasks.flatMap(it => [it.not_before, it.warns_at, it.stops_at]),
    ...model.queues.map(it => it.resume_at),
    model.gate.until,
  ].map(it => (it === null ? 0 : Date.parse(it)))
  const purges = model.tasks.map(it => (it.finished_at ? Date.parse(it.finished_at) + 3 * day : 0))
  return [...times, ...purges].filter(it => it > model.now).sort((a, b) => a - b)
}

/** The input with what is undefined left out, as a caller would. */
export const given = <T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as never
