import { notFound } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { removeFromFile } from '../config-file.ts'
import { addressOf, keyArg, readKey, refuseField, valueText } from '../config-key.ts'
import { sayCounts, sayFileEdit } from '../config-text.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Take a setting out of sparkq.yml, or take back what goes over it.',
  args: { key: keyArg },
  options: {
    override: { type: 'flag', describe: 'take back what was set over the file; the file stays' },
    json: jsonOption,
  },
  notes: 'Without the file’s value the default counts. Comments stay.',
  examples: ['sparkq config unset limits.max_running', 'sparkq config unset limits.stop_grace --override'],
  run: async context => {
    const { args, options, terminal, cwd, env, connect } = context
    if (!options.override) {
      const key = readKey(args.key)
      const { name, changed } = removeFromFile(key, cwd, env)
      if (!changed) refuseField(key)
      if (!changed) throw notFound(`${name} says nothing of ${key.name}.`, `sparkq config --sources`)
      return sayFileEdit(context, key, `Took ${key.name} out of ${name}`)
    }
    const { namespace, key } = addressOf(args.key)
    const { api } = await connect()
    const { entry } = await api.unsetConfig({ namespace, key })
    if (options.json) return printJson(terminal.out, { entry })
    if (!entry) {
      terminal.out.line(`Took the override of ${args.key} back · there is no such setting any more`)
      return
    }
    const source = entry.source === 'file' ? 'sparkq.yml says' : 'the default is'
    terminal.out.line(
      `Took the override of ${entry.name} back · ${source} ${oneLine(valueText(entry.value))}`,
    )
    sayCounts(terminal.err, entry)
  },
})
