import path from 'node:path'
import { checkConfig, findConfigFile, problemText } from '../../config.ts'
import { invalid } from '../../contract/errors.ts'
import { shellWord } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { readStdin, readTextFile } from '../read-input.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Say every mistake in a sparkq.yml, with its line.',
  args: {
    file: {
      value: 'FILE',
      kind: 'file',
      describe: 'default: that of the project; - reads it from stdin',
      optional: true,
    },
  },
  options: { json: jsonOption },
  notes: 'Nothing is applied. Exit 2 when there is a mistake.',
  examples: ['sparkq config validate', 'sparkq config validate new.yml'],
  local: true,
  run: async ({ args, options, terminal, cwd, env }) => {
    const file = args.file ?? findConfigFile(cwd, env)
    const text = file === '-' ? await readStdin() : readTextFile(file, 'config validate', cwd)
    const name = file === '-' ? 'stdin' : file
    const { problems: errors } = checkConfig(text)
    const valid = errors.length === 0
    if (options.json) {
      printJson(terminal.out, { valid, errors })
      return valid ? 0 : 2
    }
    if (!valid) {
      const lines = errors.map(it => problemText(it, name))
      throw invalid(lines.join('\n'), { hint: `edit ${shellWord(name)}` })
    }
    terminal.out.line(`${path.basename(name)} is valid`)
    return 0
  },
})
