import type { ArgSpec, Command, OptionSpec } from './command.ts'
import { type Entry, sections } from './commands.ts'
import { optionsOf } from './parse.ts'
import type { Face } from './terminal.ts'
import { indent, padEnd, widthOf } from './text.ts'

/** All commands in a line each. */
export async function showOverview(out: Face): Promise<undefined> {
  out.line('SparkQ: queue work, walk away, review results later.')
  out.line()
  out.line('  sparkq COMMAND …             run a command')
  out.line('  sparkq help COMMAND          all about it, with examples')
  for (const { title, entries } of sections) {
    out.line()
    out.line(out.paint('bold', title))
    await listCommands(out, entries)
  }
}

/** The commands that begin with the same word. */
export async function showGroup(out: Face, group: string, members: readonly Entry[]): Promise<undefined> {
  out.line(`  sparkq ${group} COMMAND …`)
  out.line()
  await listCommands(out, members)
  out.line()
  out.line(`  sparkq help ${members[0]?.name}`)
}

/** `members`: commands whose name goes on from this one's. */
export async function showCommand(
  out: Face,
  entry: Entry,
  command: Command,
  members: readonly Entry[] = [],
): Promise<undefined> {
  out.line(command.summary)
  out.line()
  for (const usage of usagesOf(entry, command)) out.line(`  sparkq ${usage}`)
  const section = (title: string, rows: [string, string][]): void => {
    if (rows.length === 0) return
    out.line()
    out.line(out.paint('bold', title))
    printPairs(out, rows)
  }
  section('Arguments', argumentRows(command))
  section('Options', Object.entries(optionsOf(command)).map(optionRow))
  if (command.notes) {
    out.line()
    out.line(indent(command.notes, 2))
  }
  out.line()
  out.line(out.paint('bold', 'Examples'))
  for (const example of command.examples) out.line(`  ${example}`)
  if (members.length === 0) return
  out.line()
  out.line(out.paint('bold', 'See also'))
  await listCommands(out, members)
}

export function usagesOf(entry: Entry, command: Command): string[] {
  const words = Object.values(command.args ?? {}).map(usageOf)
  const own = [entry.name, '[options]', ...words, ...(command.rest ? [`[-- ${command.rest}]`] : [])].join(' ')
  const aliases = entry.aliases?.map(alias => `${alias} …`) ?? []
  return [...(command.usage ?? [own]), ...aliases]
}

async function listCommands(out: Face, entries: readonly Entry[]): Promise<void> {
  const rows = await Promise.all(
    entries.map(async ({ name, aliases, load }): Promise<[string, string]> => {
      const { command } = await load()
      return [[name, ...(aliases ?? [])].join(', '), command.summary.replace(/\.$/, '')]
    }),
  )
  printPairs(out, rows)
}

function usageOf({ value, optional, many }: ArgSpec): string {
  const word = many ? `${value} …` : value
  return optional ? `[${word}]` : word
}

export function argumentRows(command: Command): [string, string][] {
  return Object.values(command.args ?? {}).map(arg => [usageOf(arg), arg.describe])
}

export function optionRow([name, spec]: [string, OptionSpec]): [string, string] {
  const short = spec.short ? `-${spec.short}, ` : '    '
  const value = spec.type === 'flag' ? '' : ` ${spec.value}`
  const choices = spec.type === 'text' && spec.choices ? `: ${spec.choices.join(', ')}` : ''
  const again = spec.type === 'list' ? '; may be given again' : ''
  const aliases = spec.aliases ? ` (also ${spec.aliases.map(alias => `--${alias}`).join(', ')})` : ''
  return [`${short}--${name}${value}`, `${spec.describe}${choices}${again}${aliases}`]
}

function printPairs(out: Face, rows: [string, string][]): void {
  const width = Math.max(20, ...rows.map(([left]) => widthOf(left)))
  for (const [left, right] of rows) out.line(`  ${padEnd(left, width)}  ${right}`.trimEnd())
}
