import { type TObject, Type } from '@sinclair/typebox'
import { JsonObject, Seconds, Strict } from '../contract/fields.ts'
import { didYouMean } from '../contract/nearest.ts'
import { CheckCommand } from '../contract/payloads.ts'
import { IdempotencyKey, MaxAttempts } from '../contract/tasks.ts'
import { findErrors } from '../contract/validate.ts'
import type { Place } from '../yaml-text.ts'
import type { PlanOptions, PlanTask, PlanWork, Problem, Said } from './plan.ts'

const text = Type.String({ minLength: 1 })
const texts = Type.Array(Type.String())

const optionFields = {
  lane: Type.Optional(text),
  tool: Type.Optional(text),
  class: Type.Optional(text),
  timeout: Type.Optional(Seconds),
  max_attempts: Type.Optional(MaxAttempts),
  in: Type.Optional(text),
  at: Type.Optional(text),
  cwd: Type.Optional(text),
  check: Type.Optional(CheckCommand),
  env: Type.Optional(
    Type.Record(Type.String({ pattern: '^[^=\\0]+$' }), Type.String(), { additionalProperties: false }),
  ),
}
const workFields = {
  prompt: Type.Optional(text),
  command: Type.Optional(text),
  script: Type.Optional(text),
  args: Type.Optional(texts),
  code: Type.Optional(text),
  payload: Type.Optional(JsonObject),
}

const Head = Strict(optionFields)
const Options = Strict({ ...optionFields, key: Type.Optional(IdempotencyKey) })
const Entry = Strict({ ...Options.properties, ...workFields })

/** The names that the API has for the same things: a plan may be written by a program that knows those. */
const otherNames: Record<string, string> = {
  queue: 'lane',
  queue_id: 'lane',
  tool_name: 'tool',
  task_class: 'class',
  not_before: 'at',
  idempotency_key: 'key',
  script_path: 'script',
}

const forms = ['prompt', 'command', 'script', 'code', 'payload'] as const

/** Tells where in the source the value at these steps stands. */
export type Finder = (steps: readonly string[]) => Place

type Read<T> = { value?: T; problems: Problem[] }

/** What a plan says for all its tasks; `beside` are other keys that may stand there. */
export function readHead(given: unknown, at: Finder, beside: readonly string[] = []): Read<Said> {
  return readFields<PlanOptions>(given, at, Head, 'the head of a plan', beside)
}

/** What a single task says of how it is to be done. */
export function readOptions(given: unknown, at: Finder): Read<PlanTask> {
  return readFields(given, at, Options, 'a task') as Read<PlanTask>
}

/** A task as data: its options and its work in one object, or a text, which is a prompt. */
export function readEntry(given: unknown, at: Finder): Read<PlanTask> {
  const fields = typeof given === 'string' ? { prompt: given } : given
  const { value: said, problems } = readFields<Record<string, unknown>>(fields, at, Entry, 'a task')
  if (!said) return { problems }
  const { prompt, command, script, args, code, payload, ...options } = said.options
  const given_ = { prompt, command, script, code, payload }
  const named = forms.filter(form => given_[form] !== undefined)
  const [form, other] = named
  const wrong = (option: string | undefined, sentence: string) => ({
    problems: [{ place: said.place(option), sentence }],
  })
  if (form === undefined) return wrong(undefined, `a task needs one of ${forms.join(', ')}.`)
  if (other !== undefined) return wrong(other, `either ${named.join(' or ')}: a task does one thing.`)
  if (args !== undefined && form !== 'script')
    return wrong('args', `args belong to a script, not to a ${form}.`)
  const value = given_[form]
  if (typeof value === 'string' && value.trim() === '') return wrong(form, `${form} must not be blank.`)
  const work = (
    form === 'script'
      ? { form, file: value, args: args ?? [] }
      : form === 'payload'
        ? { form, payload: value }
        : { form, text: (value as string).replace(/\n+$/, '') }
  ) as PlanWork
  return { value: { options, place: said.place, work }, problems: [] }
}

function readFields<O>(
  given: unknown,
  at: Finder,
  schema: TObject,
  what: string,
  beside: readonly string[] = [],
): Read<Said<O>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { problems: [{ place: at([]), sentence: `${what} must be keys with values.` }] }
  const typed = new Map<string, string>()
  const problems: Problem[] = []
  for (const key of Object.keys(given)) {
    const name = Object.hasOwn(otherNames, key) ? (otherNames[key] as string) : key
    const first = typed.get(name)
    if (first !== undefined)
      problems.push({ place: at([key]), sentence: `"${first}" and "${key}" are the same thing.` })
    typed.set(name, key)
  }
  const options = Object.fromEntries([...typed].map(([name, key]) => [name, Reflect.get(given, key)]))
  for (const { pointer, detail } of findErrors(schema, options)) {
    const [name = '', ...rest] = pointer.split('/').slice(1).map(unescapeStep)
    const key = typed.get(name) ?? name
    const known = [...Object.keys(schema.properties), ...beside, ...Object.keys(otherNames)]
    problems.push({ place: at([key, ...rest]), sentence: explain([key, ...rest], detail, known, what) })
  }
  if (problems.length > 0) return { problems }
  const place = (option?: string) => at(option === undefined ? [] : [typed.get(option) ?? option])
  return { value: { options: options as O, place }, problems: [] }
}

function explain(steps: string[], detail: string, known: string[], what: string): string {
  const name = steps.join('.')
  if (detail === 'is not a known field' && steps.length === 1)
    return `${what} has no "${name}".${didYouMean(name, known)}`
  return `${name} ${detail === 'must be a text' ? 'must be a text; a number needs quotes' : detail}.`
}

const unescapeStep = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')
