import { parseArgs } from 'node:util'
import { invalid } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { ArgSpecs, Command, Context, OptionSpec, OptionSpecs } from './command.ts'
import { commonOptions, urlOption } from './options.ts'

export type Parsed = Pick<Context, 'args' | 'options' | 'rest'> | 'help'

type Value = string | number | boolean | string[] | undefined
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/**
 * Reads a command line as its command describes it; options may stand anywhere before `--`.
 * @throws invalid with the help to read
 */
export function parseCommandLine(name: string, command: Command, argv: string[]): Parsed {
  const specs = optionsOf(command)
  const { tokens } = parseArgs({
    args: argv.map(arg => (isSentence(arg, specs) ? mark + arg : arg)),
    options: declare(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  if (tokens.some(token => token.kind === 'option' && token.name === 'help')) return 'help'

  const hint = `sparkq ${name} --help`
  const { words, rest, given } = sort(tokens, specs, hint)
  const known = command.rest === undefined ? [...words, ...(rest ?? [])] : words
  return {
    args: readArgs(name, command.args ?? {}, known, hint) as Context['args'],
    options: readOptions(specs, given, hint) as Context['options'],
    rest: command.rest === undefined ? undefined : rest,
  }
}

/** All options of a command: its own, and those that every command has. */
export function optionsOf(command: Command): OptionSpecs {
  return { ...command.options, ...(command.local ? {} : { url: urlOption }), ...commonOptions }
}

/** The options in the form of `parseArgs`, aliases as options of their own. */
function declare(specs: OptionSpecs) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const type = spec.type === 'flag' ? ('boolean' as const) : ('string' as const)
    options[name] = spec.short ? { type, short: spec.short } : { type }
    for (const alias of spec.aliases ?? []) options[alias] = { type }
  }
  return options
}

function sort(tokens: Token[], specs: OptionSpecs, hint: string) {
  const words: string[] = []
  const given = new Map<string, string[]>()
  let rest: string[] | undefined
  for (const token of tokens) {
    if (token.kind === 'option-terminator') rest = []
    else if (token.kind === 'positional') (rest ?? words).push(unmark(token.value))
    else {
      const name = canonical(token.name, specs)
      if (name === undefined) throw unknownOption(token.rawName, token.name, specs, hint)
      const text = readRaw(token, specs[name] as OptionSpec, specs, hint)
      given.set(name, [...(given.get(name) ?? []), text])
    }
  }
  return { words, rest, given }
}

/** Keeps `parseArgs` from reading an argument as options; it cannot occur in one. */
const mark = '\0'
const unmark = (text: string): string => (text.startsWith(mark) ? text.slice(1) : text)

/** Words that begin with a dash: "- fixed it", "--force is gone". No option's name has a blank in it. */
function isSentence(arg: string, specs: OptionSpecs): boolean {
  if (!/^-[^=]*\s/.test(arg)) return false
  return arg.startsWith('--') || !Object.values(specs).some(spec => spec.short === arg[1])
}

/** The option that `name` means: itself, or the one it is an alias of. */
export function canonical(name: string, specs: OptionSpecs): string | undefined {
  if (Object.hasOwn(specs, name)) return name
  return Object.keys(specs).find(key => specs[key]?.aliases?.includes(name))
}

function readRaw(token: OptionToken, spec: OptionSpec, specs: OptionSpecs, hint: string): string {
  const { rawName, value } = token
  if (spec.type === 'flag') {
    if (value !== undefined) throw invalid(`${rawName} takes no value.`, { hint })
    return ''
  }
  const forgotten = value === undefined || (!token.inlineValue && isOption(value, specs))
  if (forgotten) throw invalid(`${rawName} needs a value: ${rawName} ${spec.value}.`, { hint })
  return unmark(value)
}

function isOption(text: string, specs: OptionSpecs): boolean {
  if (text.startsWith('--')) return canonical(text.slice(2).replace(/=.*/s, ''), specs) !== undefined
  return Object.values(specs).some(spec => spec.short !== undefined && text === `-${spec.short}`)
}

function unknownOption(rawName: string, name: string, specs: OptionSpecs, hint: string) {
  const candidates = Object.entries(specs).flatMap(([key, spec]) => [key, ...(spec.aliases ?? [])])
  const meant = name.length > 1 ? didYouMean(name, candidates).replace('"', '"--') : ''
  return invalid(`There is no option "${rawName}".${meant}`, { hint })
}

function readArgs(name: string, specs: ArgSpecs, words: string[], hint: string): Record<string, Value> {
  const left = [...words]
  const args: Record<string, Value> = {}
  for (const [key, spec] of Object.entries(specs)) {
    const missing = left.length === 0 && !spec.optional
    if (missing) throw invalid(`"sparkq ${name}" needs a ${spec.value}: ${spec.describe}.`, { hint })
    if (!spec.optional && left[0]?.trim() === '') throw invalid(`${spec.value} must not be blank.`, { hint })
    args[key] = spec.many ? left.splice(0) : left.shift()
  }
  if (left.length > 0) throw invalid(`"${left[0]}" is one word too many for "sparkq ${name}".`, { hint })
  return args
}

function readOptions(specs: OptionSpecs, given: Map<string, string[]>, hint: string): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, readOption(name, spec, given.get(name) ?? [], hint)]),
  )
}

function readOption(name: string, spec: OptionSpec, texts: string[], hint: string): Value {
  const text = texts.at(-1)
  if (spec.type === 'flag') return text !== undefined
  const isText = spec.type === 'list' || (spec.type === 'text' && !spec.blank)
  if (isText && texts.some(it => it.trim() === '')) throw invalid(`--${name} must not be blank.`, { hint })
  if (spec.type === 'list') return texts
  if (text === undefined) return undefined
  if (spec.type === 'whole' || spec.type === 'number') return readNumber(name, spec, text, hint)
  if (spec.choices && !spec.choices.includes(text)) {
    throw invalid(`There is no ${spec.what ?? name} "${text}".${didYouMean(text, spec.choices)}`, {
      hint: `--${name} ${spec.choices.join('|')}`,
    })
  }
  return text
}

function readNumber(
  name: string,
  spec: Extract<OptionSpec, { min: number }>,
  text: string,
  hint: string,
): number {
  const pattern = spec.type === 'whole' ? /^\d{1,15}$/ : /^\d{1,15}(\.\d+)?$/
  const value = Number(text)
  if (pattern.test(text) && value >= spec.min) return value
  const kind = spec.type === 'whole' ? 'a whole number' : 'a number'
  const unit = spec.unit ? ` of ${spec.unit}` : ''
  throw invalid(`--${name} must be ${kind}${unit}, at least ${spec.min}; "${text}" is not.`, { hint })
}
