import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/cli/command.ts'
import { type Entry, entries } from '../../src/cli/commands.ts'
import { lookUp } from '../../src/cli/lookup.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { type Row, wordsOf } from './row.ts'
import { allRows, remoteRows } from './rows/all.ts'

type Loaded = { name: string; command: Command }

const loaded: Loaded[] = await Promise.all(
  entries.map(async ({ name, load }) => ({ name, command: (await load()).command })),
)
const commandOf = (entry: Entry): Command =>
  loaded.find(it => it.name === entry.name)?.command ?? assert.fail(entry.name)

/** The command of a line, and everything that it gives: `--option`, `<argument>`, `--`. */
function read(row: Row): { name: string; gives: string[] } {
  const found = lookUp(wordsOf(row.line))
  if ('group' in found) return assert.fail(row.line)
  const { entry, rest } = found
  if (row.kind === 'bad') return { name: entry.name, gives: [row.what] }
  const parsed = parseCommandLine(entry.name, commandOf(entry), rest)
  if (parsed === 'help') return assert.fail(row.line)
  const isGiven = ([, value]: [string, unknown]): boolean =>
    value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
  const names = (values: object) =>
    Object.entries(values)
      .filter(isGiven)
      .map(([name]) => name)
  return {
    name: entry.name,
    gives: [
      ...names(parsed.options).map(name => `--${name}`),
      ...names(parsed.args).map(name => `<${name}>`),
      ...(parsed.rest ? ['--'] : []),
    ],
  }
}

const isFlag = ({ command }: Loaded, name: string): boolean =>
  command.options?.[name.slice(2)]?.type === 'flag'

const partsOf = ({ command }: Loaded): string[] => [
  ...Object.keys(command.options ?? {}).map(name => `--${name}`),
  ...Object.keys(command.args ?? {}).map(name => `<${name}>`),
  ...(command.rest === undefined ? [] : ['--']),
]

function missing(kind: Row['kind'], isWanted: (it: Loaded, part: string) => boolean): string[] {
  const tried = new Set(
    allRows
      .filter(row => row.kind === kind)
      .map(read)
      .flatMap(({ name, gives }) => ['', ...gives].map(part => `${name} ${part}`)),
  )
  return loaded.flatMap(it =>
    ['', ...partsOf(it).filter(part => isWanted(it, part))]
      .map(part => `${it.name} ${part}`)
      .filter(name => !tried.has(name)),
  )
}

/** They ask whoever sits there: interactive.test.ts answers. */
const atTerminal = ['start --interactive', 'restart --interactive', 'run --interactive']

test('every command, option and argument has a line that does what it says', () => {
  assert.deepEqual(
    missing('good', () => true).filter(name => !atTerminal.includes(name)),
    [],
  )
})

test('every one has a line that is refused; every-command.test.ts gives a value to each flag', () => {
  const local = loaded.filter(
    ({ command }) => Object.keys({ ...command.options, ...command.args }).length === 0,
  )
  const without = missing('bad', (it, part) => !isFlag(it, part))
  const onlyFlags = loaded.filter(it => partsOf(it).length > 0 && partsOf(it).every(part => isFlag(it, part)))
  const exempt = new Set([...local, ...onlyFlags].map(({ name }) => `${name} `))
  assert.deepEqual(
    without.filter(name => !exempt.has(name)),
    [],
  )
})

test('what a refused line is refused for is there, and typed', () => {
  for (const row of allRows.filter(it => it.kind === 'bad')) {
    const { name } = read(row)
    const it = loaded.find(known => known.name === name) ?? assert.fail(name)
    assert.ok(row.what === '' || partsOf(it).includes(row.what), `${row.line}: ${row.what}`)
  }
})

test('every command that can ask a server is walked through one', () => {
  const walked = new Set(remoteRows.map(row => read(row).name))
  const left = loaded
    .filter(({ name, command }) => !command.local && !walked.has(name))
    .map(({ name }) => name)
  assert.deepEqual(left, [])
})
