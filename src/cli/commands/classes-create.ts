import { invalid } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, timeoutOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { span } from '../times.ts'
import { described, describeOption } from '../tool-options.ts'

export const command = defineCommand({
  summary: 'Add a task class: a named timeout.',
  args: { name: { value: 'NAME', describe: 'what to call it' } },
  options: { timeout: timeoutOption, description: describeOption, json: jsonOption },
  examples: ['sparkq classes create NIGHTLY --timeout 7200'],
  run: async ({ args, options, terminal, connect }) => {
    const { timeout, description } = options
    if (timeout === undefined) {
      throw invalid('How long may its tasks take?', {
        hint: `sparkq classes create ${args.name} --timeout SECONDS`,
      })
    }
    const { api } = await connect()
    const answer = await api.createTaskClass({ name: args.name, timeout, ...described(description) })
    if (options.json) return printJson(terminal.out, answer)
    terminal.out.line(`Added task class "${args.name}" · ${span(timeout)}`)
  },
})
