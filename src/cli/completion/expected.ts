import type { Command, OptionSpec, OptionSpecs } from '../command.ts'
import { type Entry, entries } from '../commands.ts'
import type { Kind } from '../kinds.ts'
import { canonical, optionsOf } from '../parse.ts'

/** What may be put in for the word that is being typed. `about` says what it is, in a few words. */
export type Candidate = { value: string; about?: string | (() => Promise<string>) }

/**
 * What is expected where the cursor stands: words that are known, or a kind of thing. Whatever it is, `lead` stands
 * before it in the same word (`--queue=`).
 */
export type Expected = { words: readonly Candidate[] } | { kind: Kind; lead: string }

/** What was typed before, as far as it matters to what comes next. */
export type Before = { url: string | undefined }

const nothing: Expected = { words: [] }

/** Reads what was typed as a person means it who has not finished: nothing is refused. */
export async function expectedAt(before: readonly string[], current: string): Promise<Expected & Before> {
  const words = before[0] === '--debug' ? before.slice(1) : before
  const path = words[0] === 'help' ? words.slice(1) : words
  const typed = path.length === 0 || isGroup(path) ? undefined : find(path)
  if (typed === undefined) {
    const known = path.length === 0 || isGroup(path) ? commandWords(path) : []
    const help = words.length === 0 ? [{ value: 'help', about: 'Explain a command' }] : []
    return { words: [...known, ...help], url: undefined }
  }
  if (words[0] === 'help') return { ...nothing, url: undefined }
  const { command } = await typed.entry.load()
  return expectedOf(command, typed.rest, current)
}

const isGroup = (path: readonly string[]): boolean =>
  path.length === 1 && entries.some(({ name }) => name.startsWith(`${path[0]} `))

function find(path: readonly string[]): { entry: Entry; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = path.slice(0, length).join(' ')
    const entry = entries.find(it => it.name === name || it.aliases?.includes(name))
    if (entry) return { entry, rest: path.slice(length) }
  }
  return undefined
}

/** The words that can follow: of a group its commands, else the first words of all. */
function commandWords([group]: readonly string[]): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const { name, aliases = [], load } of entries) {
    const [first = '', second] = name.split(' ')
    if (group !== undefined && first !== group) continue
    const summary = () => load().then(({ command }) => command.summary.replace(/\.$/, ''))
    const about = group === undefined && second !== undefined ? 'several commands' : summary
    for (const value of group === undefined ? [first, ...aliases] : [second ?? '']) {
      if (!found.has(value)) found.set(value, { value, about })
    }
  }
  return [...found.values()]
}

function expectedOf(command: Command, typed: readonly string[], current: string): Expected & Before {
  const specs = optionsOf(command)
  const seen = readTyped(typed, specs)
  const url = seen.given.get('url')
  return { ...expectedAfter(command, specs, seen, current), url }
}

function expectedAfter(command: Command, specs: OptionSpecs, seen: Seen, current: string): Expected {
  if (seen.pending) return valuesOf(seen.pending, '')
  const isRest = seen.rest !== undefined && command.restKind !== undefined
  if (isRest) return { kind: seen.rest === 0 && command.restKind ? command.restKind : 'file', lead: '' }
  const inline = seen.rest === undefined ? /^--([^=]+)=/.exec(current) : null
  if (inline) {
    const name = canonical(inline[1] as string, specs)
    return name === undefined ? nothing : valuesOf(specs[name] as OptionSpec, inline[0])
  }
  if (seen.rest === undefined && current.startsWith('-')) return { words: optionWords(specs, seen, current) }
  const args = Object.values(command.args ?? {})
  const arg = args[Math.min(seen.words, args.length - 1)]
  const fits = arg && (seen.words < args.length || arg.many)
  if (fits && arg.choices) return { words: arg.choices.map(value => ({ value })) }
  if (fits) return arg.kind ? { kind: arg.kind, lead: '' } : nothing
  // Where no word can stand, an option can.
  return { words: current === '' && seen.rest === undefined ? optionWords(specs, seen, '') : [] }
}

/**
 * @property pending the option whose value comes next
 * @property words   how many words stood before `--`, and behind it where the command takes no rest
 * @property rest    how many words stood behind `--`; undefined without a `--`
 */
type Seen = {
  given: Map<string, string | undefined>
  pending: OptionSpec | undefined
  words: number
  rest: number | undefined
}

function readTyped(typed: readonly string[], specs: OptionSpecs): Seen {
  const seen: Seen = { given: new Map(), pending: undefined, words: 0, rest: undefined }
  let name: string | undefined
  for (const word of typed) {
    if (seen.pending && name !== undefined) {
      seen.given.set(name, word)
      seen.pending = undefined
    } else if (seen.rest !== undefined) {
      seen.rest++
      seen.words++
    } else if (word === '--') seen.rest = 0
    else if (/^--./.test(word)) name = readLong(word, specs, seen)
    else if (/^-./.test(word)) name = readShort(word, specs, seen)
    else seen.words++
  }
  return seen
}

function readLong(word: string, specs: OptionSpecs, seen: Seen): string | undefined {
  const [, typed = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const name = canonical(typed, specs)
  if (name === undefined) return undefined
  seen.given.set(name, value)
  const spec = specs[name] as OptionSpec
  if (spec.type !== 'flag' && value === undefined) seen.pending = spec
  return name
}

/** `-y`, `-q`, `-yq`; in `-qauth` the value is there. */
function readShort(word: string, specs: OptionSpecs, seen: Seen): string | undefined {
  const letters = [...word.slice(1)]
  for (const [i, letter] of letters.entries()) {
    const name = Object.keys(specs).find(key => specs[key]?.short === letter)
    if (name === undefined) return undefined
    seen.given.set(name, undefined)
    const spec = specs[name] as OptionSpec
    if (spec.type === 'flag') continue
    if (i === letters.length - 1) seen.pending = spec
    return name
  }
  return undefined
}

function valuesOf(spec: OptionSpec, lead: string): Expected {
  if (spec.type !== 'text') return nothing
  if (spec.choices) return { words: spec.choices.map(choice => ({ value: lead + choice })) }
  return spec.kind ? { kind: spec.kind, lead } : nothing
}

/** The options that are not given yet; aliases only for whoever begins to type one. */
function optionWords(specs: OptionSpecs, { given }: Seen, current: string): Candidate[] {
  const open = Object.entries(specs).filter(([name, { type }]) => type === 'list' || !given.has(name))
  const own = open.map(([name, { describe }]) => ({ value: `--${name}`, about: describe }))
  if (current === '' || own.some(({ value }) => value.startsWith(current))) return own
  return open.flatMap(([, { aliases = [], describe }]) =>
    aliases.map(alias => ({ value: `--${alias}`, about: describe })),
  )
}
