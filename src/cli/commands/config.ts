import type { ConfigEntry } from '../../contract/settings.ts'
import { defineCommand } from '../command.ts'
import { restartText, valueText } from '../config-key.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { type Column, printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

const columns = [
  { title: 'setting' },
  { title: 'value' },
  { title: 'source' },
  { title: '', flexible: true },
] as const satisfies Column[]
const layers = [
  { title: 'setting' },
  { title: 'default' },
  { title: 'file' },
  { title: 'override' },
] as const satisfies Column[]

export const command = defineCommand({
  summary: 'List every setting with its value, and where that comes from.',
  options: {
    sources: {
      type: 'flag',
      describe: 'show the default, the file’s value and the override beside each other',
    },
    json: jsonOption,
  },
  notes: `What counts is the default, over it what sparkq.yml says, over that an override: what was set on the web page, over
the API, or with config set --override. Each can be taken back. Tools and task classes are listed by "sparkq tools" and
"sparkq classes".`,
  examples: ['sparkq config', 'sparkq config --sources'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listConfig()
    if (options.json) return printJson(terminal.out, answer)
    const { out, err } = terminal
    if (options.sources) printTable(out, layers, answer.config.map(layersOf))
    else {
      const rows = answer.config.map(it => [it.name, oneLine(valueText(it.value)), it.source, noteOf(it)])
      printTable(out, columns, rows)
    }
    for (const warning of answer.warnings) err.line(oneLine(warning))
    sayNext(err, [['sparkq config set KEY VALUE', 'write one into sparkq.yml']])
  },
})

const layersOf = (it: ConfigEntry): string[] => [
  it.name,
  oneLine(valueText(it.default)),
  it.is_in_file ? oneLine(valueText(it.file)) : '',
  it.source === 'override' ? oneLine(valueText(it.value)) : '',
]

function noteOf(it: ConfigEntry): string {
  const below = it.is_in_file ? `the file says ${valueText(it.file)}` : ''
  const notes = [it.source === 'override' ? below : '', restartText(it)]
  return oneLine(notes.filter(note => note !== '').join('; '))
}
