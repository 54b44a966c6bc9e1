import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { causeText, mending, stateText, title } from '../provider-text.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'

const columns = [
  { title: 'provider' },
  { title: 'agent' },
  { title: 'queued', align: 'right' },
  { title: 'state' },
  { title: 'why', flexible: true },
] as const

export const command = defineCommand({
  summary: 'List what agents depend on, and whether it takes work.',
  options: { json: jsonOption },
  notes: `A usage limit holds every lane whose next task needs that agent, until the reset; then one task tries, and the others begin
when it was answered. One that is not logged in or has no credit left waits until you say that it is mended.`,
  examples: ['sparkq providers'],
  run: async ({ options, terminal: { out, err }, connect }) => {
    const { api } = await connect()
    const answer = await api.listProviders()
    if (options.json) return printJson(out, answer)
    const rows = answer.providers.map(it => [
      it.name,
      title(it.name),
      String(it.queued),
      stateText(it),
      causeText(it),
    ])
    printTable(out, columns, rows)
    const closed = answer.providers.filter(it => it.status !== 'open')
    const next =
      closed.length > 0
        ? closed.flatMap(mending)
        : [['sparkq providers pause NAME', 'begin none of its tasks'] as const]
    sayNext(err, next)
  },
})
