import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entries } from '../../src/cli/commands.ts'
import { lookUp } from '../../src/cli/lookup.ts'
import { optionsOf } from '../../src/cli/parse.ts'
import { bad, type Good, good, type Row, wordsOf } from './row.ts'
import { allFiles, allRows } from './rows/all.ts'
import { walk } from './walk.ts'

/** A line of this command that would do something. */
function lineOf(name: string): Good {
  const isOf = (row: Row): row is Good => {
    const found = lookUp(wordsOf(row.line))
    return row.kind === 'good' && 'entry' in found && found.entry.name === name
  }
  return allRows.find(isOf) ?? assert.fail(name)
}

/** With more options, before what stands behind `--`. */
const withMore = (line: string, more: string): string =>
  line.replace(/( --(?= ).*)?$/, rest => ` ${more}${rest}`)

const rows: Row[] = []
for (const { name, load } of entries) {
  const { command } = await load()
  const options = Object.entries(optionsOf(command))
  rows.push(
    good(`${name} --help`, {
      leaves: (_, { stdout }) => {
        for (const part of [command.summary, ...options.map(([it]) => `--${it}`), ...command.examples])
          assert.ok(stdout.includes(part), `${part} is not in\n${stdout}`)
      },
    }),
    good(`${name} --debug --no-such-option`, {
      code: 2,
      err: /^There is no option "--no-such-option"\.(.|\n)*\n +at /,
    }),
  )
  // --help=x asks for help, too.
  for (const [flag, { type }] of options)
    if (type === 'flag' && flag !== 'help')
      rows.push(
        bad(`--${flag}`, `${name} --${flag}=x`, 2, new RegExp(`^--${flag} takes no value\\.$`), /--help$/m),
      )
  const line = lineOf(name)
  const typed = { ...(line.input === undefined ? {} : { input: line.input }) }
  const wrong = withMore(line.line, '--url nonsense')
  if (command.local) rows.push(bad('--url', wrong, 2, /^There is no option "--url"\.$/))
  else rows.push(bad('--url', wrong, 2, /^"nonsense" is not the address/, /--url http:\/\/HOST:5005/, typed))
}
// A client tries for two seconds, so not with every command: one that asks, one that changes, and those that stay.
for (const line of ['tasks', 'enqueue -q default -c x', 'wait DEFAULT-1', 'logs -f'])
  rows.push(
    bad(
      '--url',
      `${line} --url http://127.0.0.1:1`,
      5,
      /^No SparkQ server answers at http:\/\/127\.0\.0\.1:1/,
      /sparkq start/,
    ),
  )

test('help, --debug, --url and every flag, of every command', t => walk(t, rows, allFiles))
