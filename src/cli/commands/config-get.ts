import type { ConfigEntry } from '../../contract/settings.ts'
import { defineCommand } from '../command.ts'
import { keyArg, readSetting, valueText } from '../config-key.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Print the value of a setting.',
  args: { key: keyArg },
  options: { json: jsonOption },
  notes: 'A text is printed as it is, anything else as JSON. --json says where it comes from.',
  examples: ['sparkq config get server.port', 'sparkq config get limits.max_running --json'],
  run: async ({ args, options, terminal, connect }) => {
    const { name } = readSetting(args.key)
    const { api } = await connect()
    const { config } = await api.listConfig()
    const entry = config.find(it => it.name === name) as ConfigEntry
    if (options.json) return printJson(terminal.out, { entry })
    terminal.out.data(valueText(entry.value))
  },
})
