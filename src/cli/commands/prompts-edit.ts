import { invalid } from '../../contract/errors.ts'
import type { Prompt } from '../../contract/prompts.ts'
import { type Context, defineCommand } from '../command.ts'
import { editText } from '../editor.ts'
import { jsonOption } from '../options.ts'
import { descriptionOption, fileOption, promptArg, readTemplate } from '../stored-prompt.ts'
import { printJson } from '../terminal.ts'

const args = { name: promptArg } as const
const options = {
  file: fileOption,
  description: descriptionOption,
  name: { type: 'text', value: 'NAME', describe: 'rename it' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Change a prompt; without an option, its template in your editor.',
  args,
  options,
  notes: `Of a built-in one you get a copy of your own, which goes before it until you delete it. Tasks that are queued keep
the text they were queued with.`,
  examples: [
    'sparkq prompts edit fix-tests',
    'sparkq prompts edit release --file docs/release.md',
    'sparkq prompts edit release --name ship --description "Prepare a release"',
  ],
  run: async context => {
    const { args, terminal, options } = context
    const { api } = await context.connect()
    const { prompt: before } = await api.getPrompt({ id: args.name })
    const edits = (await readEdits(context)) ?? editInEditor(before, context.env)
    const { prompt } = await api.updatePrompt({ id: before.id, ...edits })
    if (options.json) return printJson(terminal.out, { prompt })
    const copy = before.source === 'built-in' ? ' · your own copy now goes before the built-in one' : ''
    terminal.out.line(`Changed prompt "${prompt.command}"${copy}`)
  },
})

async function readEdits({ options, cwd }: Typed) {
  const template = await readTemplate({ file: options.file }, cwd)
  const edits = {
    ...(template === undefined ? {} : { template: template.replace(/\n+$/, '') }),
    ...(options.name === undefined ? {} : { command: options.name }),
    ...(options.description === undefined ? {} : { description: options.description || null }),
  }
  return Object.keys(edits).length === 0 ? undefined : edits
}

function editInEditor({ command, template }: Prompt, env: NodeJS.ProcessEnv) {
  const edited = editText(`${template}\n`, env, {
    name: `${command}.md`,
    instead: `give a file: sparkq prompts edit ${command} --file FILE`,
    read: text => text.replace(/\n+$/, ''),
  })
  if (edited === template.replace(/\n+$/, ''))
    throw invalid(`Nothing was changed in "${command}".`, { hint: 'sparkq prompts edit --help' })
  return { template: edited }
}
