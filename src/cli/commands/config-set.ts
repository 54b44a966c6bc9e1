import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import { refusal, type Setting } from '../../contract/settings.ts'
import { type Context, defineCommand } from '../command.ts'
import { setInFile } from '../config-file.ts'
import { type Key, keyArg, readKey, readValue, refuseField, valueText } from '../config-key.ts'
import { sayCounts, sayFileEdit } from '../config-text.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

const args = { key: keyArg, value: { value: 'VALUE', describe: '5, true, null, a text, [a, b]' } } as const
const options = {
  override: { type: 'flag', describe: 'put it over the file, which stays as it is' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Set a setting: in sparkq.yml, or over it.',
  args,
  options,
  notes: `Writes sparkq.yml, of which everything else stays as it is, comments too; what would not be valid is not written. It
counts at once, for a server and runners that run too; some settings wait for the next start, which is then said.
tools.NAME and task_classes.NAME (and their parts: tools.NAME.timeout, tools.NAME.model) can be set as well.
--override leaves the file alone and puts the value over it, as the web page and the API do: config unset --override
takes it back.`,
  examples: [
    'sparkq config set limits.max_running 4',
    `sparkq config set notify.on '[task_failed, lane_paused]'`,
    `sparkq config set tools.my-llm '{task_class: LLM_HEAVY, command: [my-llm, "{prompt}"]}'`,
    'sparkq config set limits.stop_grace 30 --override',
  ],
  run: async context => {
    const { args, options } = context
    const key = readKey(args.key)
    const value = readValue(args.value, key)
    if (typeof value !== 'object') refuseField(key)
    const detail = key.setting && refusal(key.setting, value)
    if (detail !== undefined)
      throw invalid(`${key.name} ${detail}.`, { hint: `sparkq config get ${key.name}` })
    return options.override ? putOver(context, key, value) : writeFile(context, key, value)
  },
})

async function writeFile(context: Typed, key: Key, value: unknown): Promise<undefined> {
  const { name, changed } = setInFile(key, value, context.cwd, context.env)
  const text = oneLine(valueText(value))
  const headline = changed
    ? `Set ${key.name} to ${text} in ${name}`
    : `${name} says so already: ${key.name} is ${text}`
  return sayFileEdit(context, key, headline)
}

async function putOver({ terminal, options, connect }: Typed, key: Key, value: unknown): Promise<undefined> {
  const { namespace, key: field, name } = requireSetting(key)
  const { api }: { api: Api } = await connect()
  const { entry } = await api.setConfig({ namespace, key: field, value })
  if (options.json) return printJson(terminal.out, { entry })
  terminal.out.line(`${name} is ${oneLine(valueText(value))} now, whatever sparkq.yml says`)
  sayCounts(terminal.err, entry)
}

function requireSetting({ setting, name }: Key): Setting {
  if (setting) return setting
  const what = name.startsWith('tools.') ? 'tools' : 'classes'
  throw invalid(`${name} is no setting: your own goes before the file’s.`, {
    hint: `sparkq ${what} edit NAME`,
  })
}
