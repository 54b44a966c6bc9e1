import type { State } from '../../doctor/check.ts'
import { type Diagnosis, examine, mend } from '../../doctor/examine.ts'
import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { type Face, printJson, type Style } from '../terminal.ts'
import { count, oneLine, padEnd, widthOf } from '../text.ts'

const glyphs: Record<State, [sign: string, style: Style]> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  unknown: ['!', 'yellow'],
  broken: ['✗', 'red'],
}

export const command = defineCommand({
  summary: 'Look whether all is well, and say what mends what is not.',
  options: {
    full: { type: 'flag', describe: 'look longer: the indexes of the database, too' },
    fix: {
      type: 'flag',
      describe: 'mend what no other command does: counts, indexes, output without a task',
    },
    json: jsonOption,
  },
  notes: `Looks at config, overrides, tools, database, tasks, runners, locks, output, leftovers, server, permissions, agents,
providers, conversations, work trees, disk, clock and programs; without --fix it changes nothing. Works without a server
and beside a config or a database that is broken.
Exit 1 when something is broken, marked with ✗; what is marked with ! may wait.`,
  examples: ['sparkq doctor', 'sparkq doctor --full', 'sparkq doctor --fix'],
  local: true,
  run: async ({ options, terminal, cwd, env }) => {
    const { out, err } = terminal
    const asked = { cwd, env, full: options.full }
    let found = await examine(asked)
    if (options.fix) {
      for (const done of mend(found)) err.line(`Mended: ${done}.`)
      found = await examine(asked)
    }
    const isBroken = found.some(it => it.state === 'broken')
    if (options.json) printJson(out, { checks: found.map(jsonOf) })
    else show(out, found)
    return isBroken ? 1 : 0
  },
})

const jsonOf = ({ check, state, says, next }: Diagnosis) => ({ check, state, says, next })

function show(out: Face, found: readonly Diagnosis[]): void {
  const width = Math.max(...found.map(({ check }) => widthOf(check)))
  for (const { check, state, says, next } of found) {
    const [sign, style] = glyphs[state]
    out.line(`  ${out.paint(style, sign)} ${padEnd(check, width)}  ${oneLine(says)}`)
    for (const line of next) out.line(`${' '.repeat(width + 6)}${out.paint('bold', oneLine(line))}`)
  }
  out.line()
  out.line(summary(found))
}

function summary(found: readonly Diagnosis[]): string {
  const broken = found.filter(it => it.state === 'broken').length
  const odd = found.filter(it => it.state === 'warning' || it.state === 'unknown').length
  if (broken + odd === 0) return 'All is well.'
  const parts = [
    broken > 0 ? `${count(broken, 'thing')} ${broken === 1 ? 'is' : 'are'} broken` : '',
    odd > 0 ? `${count(odd, 'thing')} to look at` : '',
  ]
  const sentence = parts.filter(part => part !== '').join(', ')
  return `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`
}
