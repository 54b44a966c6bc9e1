import { invalid } from '../contract/errors.ts'
import { didYouMean, nearest } from '../contract/nearest.ts'
import { type Entry, entries } from './commands.ts'

/** What the first words of a command line name: a command, or the beginning of several (`queue`). */
export type Found = { entry: Entry; rest: string[] } | { group: string; members: readonly Entry[] }

/** @throws invalid, with the nearest command, when the words name none */
export function lookUp(words: string[]): Found {
  const [first = '', second] = words
  const members = membersOf(first)
  const entry = entries.find(({ name, aliases }) => name === first || aliases?.includes(first))
  // `prompts` lists them, `prompts show` is one of several: an option belongs to the list.
  const isAlone = second === undefined || second.startsWith('-')
  if (members.length > 0 && !(entry && isAlone)) return lookUpMember(first, members, words)
  if (entry) return { entry, rest: words.slice(1) }
  throw unknown(first, second)
}

/** The commands whose name begins with this word. */
export function membersOf(first: string): readonly Entry[] {
  return entries.filter(({ name }) => name.startsWith(`${first} `))
}

function lookUpMember(group: string, members: readonly Entry[], words: string[]): Found {
  const second = words[1]
  if (second === undefined || second.startsWith('-')) return { group, members }
  const entry = members.find(({ name }) => name === `${group} ${second}`)
  if (entry) return { entry, rest: words.slice(2) }
  // `prompts list` is `prompts`, which lists them.
  const list = second === 'list' ? entries.find(({ name }) => name === group) : undefined
  if (list) return { entry: list, rest: words.slice(2) }
  const names = members.map(({ name }) => name)
  throw invalid(
    `There is no command "${group} ${second}".${didYouMean(`${group} ${second}`, meant(names, group, second))}`,
    {
      hint: `sparkq ${group} --help`,
    },
  )
}

/** Only members whose own word is near: `queue x` is not near `queue end` because both begin with `queue`. */
function meant(names: string[], group: string, second: string): string[] {
  const best = nearest(
    second,
    names.map(name => name.slice(group.length + 1)),
  )
  return best === undefined ? [] : [`${group} ${best}`]
}

function unknown(first: string, second: string | undefined) {
  const words = entries.flatMap(({ name, aliases }) => [name.split(' ')[0] as string, ...(aliases ?? [])])
  const best = nearest(first, ['help', ...words])
  const member = entries.some(({ name }) => name === `${best} ${second}`) ? ` ${second}` : ''
  return invalid(`There is no command "${first}".${best === undefined ? '' : ` Did you mean "${best}"?`}`, {
    hint: best === undefined ? 'sparkq help' : `sparkq ${best}${member} --help`,
  })
}
