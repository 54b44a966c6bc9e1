import { type Entry, entries, sections } from '../src/cli/commands.ts'
import { argumentRows, optionRow, usagesOf } from '../src/cli/help.ts'
import { commonOptions, urlOption } from '../src/cli/options.ts'
import { errorCodes } from '../src/contract/errors.ts'

/** `docs/cli.md`: every command with all that its help says, from the definitions that parsing and help are made of. */
export async function cliReference(): Promise<string> {
  const parts = await Promise.all(
    sections.map(async ({ title, entries }) => {
      const commands = await Promise.all(entries.map(describe))
      return [`## ${title}`, ...commands].join('\n\n')
    }),
  )
  const loaded = await Promise.all(entries.map(async ({ name, load }) => ({ name, ...(await load()) })))
  const local = loaded.filter(({ command }) => command.local).map(({ name }) => name)
  return `${[head(local), contents(), ...parts].join('\n\n')}\n`
}

const head = (local: readonly string[]): string => `# Command line

Made by \`npm run docs\` from the definitions of the commands; a test fails when it is not up to date. \`sparkq help\` shows the same.

\`sparkq COMMAND [options] [words]\`: options may stand anywhere before \`--\`, as \`--name value\` or \`--name=value\`; a short one as \`-q value\` or
\`-qvalue\`. Data goes to stdout, everything else to stderr. \`sparkq\` alone is \`sparkq status\`.

Every command has these; without \`--url\`, since they work on the files of this machine: ${local.join(', ')}.

${rows('option', Object.entries({ url: urlOption, ...commonOptions }).map(optionRow))}

Exit codes: ${exitCodes()}.`

function exitCodes(): string {
  const known: Record<number, string> = { 0: 'done', 1: 'failed', 130: 'interrupted' }
  const words = {
    invalid: 'misuse',
    not_found: 'not found',
    conflict: 'conflict',
    unreachable: 'not reachable',
  } as const
  for (const [code, word] of Object.entries(words)) known[errorCodes[code as keyof typeof words].exit] = word
  return Object.entries(known)
    .map(([code, word]) => `${code} ${word}`)
    .join(', ')
}

function contents(): string {
  return sections
    .map(
      ({ title, entries }) =>
        `- ${title}: ${entries.map(({ name }) => `[${name}](#sparkq-${name.replace(' ', '-')})`).join(', ')}`,
    )
    .join('\n')
}

async function describe(entry: Entry): Promise<string> {
  const { command } = await entry.load()
  const own = Object.entries(command.options ?? {}).map(optionRow)
  const parts = [
    `### sparkq ${entry.name}`,
    command.summary,
    code(usagesOf(entry, command).map(usage => `sparkq ${usage}`)),
    rows('argument', argumentRows(command)),
    rows('option', own),
    command.notes && notes(command.notes),
    code(command.examples, 'sh'),
  ]
  return parts.filter(part => part).join('\n\n')
}

function rows(title: string, pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return ''
  const lines = pairs.map(([left, right]) => `| \`${inTable(left.trim())}\` | ${inTable(right)} |`)
  return [`| ${title} | |`, '|---|---|', ...lines].join('\n')
}

function inTable(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function code(lines: readonly string[], language = 'text'): string {
  return [`\`\`\`${language}`, ...lines, '```'].join('\n')
}

/** Lines that are indented are shown as they are. */
function notes(text: string): string {
  return text
    .replace(/(?:^ +.*\n?)+/gm, block => `\n${code(block.trimEnd().replace(/^ {2}/gm, '').split('\n'))}\n\n`)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
