import { invalid } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { descriptionOption, fileOption, readTemplate } from '../stored-prompt.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'Store a prompt: a template with variables.',
  args: {
    name: { value: 'NAME', describe: 'the word to call it by' },
    text: { value: 'TEXT', describe: 'the template; - reads it from stdin', optional: true },
  },
  options: { file: fileOption, description: descriptionOption, json: jsonOption },
  notes: `{{name}} is a variable, {{name=text}} one with a default; \\{{name}} is those characters. Whatever else has braces
stays as it is. Its variables get their values when it is queued: enqueue --prompt NAME --var name=value.`,
  examples: [
    `sparkq prompts create mend 'Mend {{file}}. Run {{check=npm test}} when you are done.'`,
    'sparkq prompts create release --file docs/release.md --description "Prepare a release"',
    'sparkq prompts create mine -',
  ],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const template = await readTemplate({ text: args.text, file: options.file }, cwd)
    if (template === undefined) {
      throw invalid('What does the prompt say?', {
        hint: `sparkq prompts create NAME 'TEXT with {{variables}}'\nsparkq prompts create NAME --file FILE`,
      })
    }
    const { api } = await connect()
    const { description } = options
    const { prompt } = await api.createPrompt({
      command: args.name,
      template: template.replace(/\n+$/, ''),
      ...(description ? { description } : {}),
    })
    if (options.json) return printJson(terminal.out, { prompt })
    const { variables } = prompt
    const with_ =
      variables.length === 0
        ? 'no variables'
        : `${count(variables.length, 'variable')}: ${variables.map(it => it.name).join(', ')}`
    terminal.out.line(`Stored prompt "${prompt.command}" · ${with_}`)
    sayNext(terminal.err, [[`sparkq prompts show ${prompt.command}`, 'read it, and how to queue it']])
  },
})
