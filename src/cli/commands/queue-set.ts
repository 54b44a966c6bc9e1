import { invalid } from '../../contract/errors.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { QueueSettings } from '../../contract/queues.ts'
import { shellWord } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { anyQueue } from '../kinds.ts'
import { instructionsOption, jsonOption } from '../options.ts'
import { readTextOption } from '../read-input.ts'
import { printJson } from '../terminal.ts'

const known = Object.keys(QueueSettings.properties)

export const command = defineCommand({
  summary: 'Change a queue: its settings, name or instructions.',
  args: {
    queue: { value: 'NAME', kind: anyQueue, describe: 'its name or id' },
    settings: {
      value: 'KEY=VALUE',
      kind: 'queue setting',
      describe: 'a setting; KEY= takes it back to its default',
      optional: true,
      many: true,
    },
  },
  options: {
    name: { type: 'text', value: 'NAME', describe: 'rename it' },
    instructions: instructionsOption,
    json: jsonOption,
  },
  notes: `The settings of a queue:

  default_tool=TOOL            the tool of a task that names none
  on_failure=continue|pause    whether the lane goes on when a task has failed; default: continue
  on_lost=hold|retry|fail      what becomes of a task whose process vanished: failed and the lane paused (hold, the
                               default of a script), tried again (retry, that of an agent), or failed
  on_wait=block|skip           whether a task that waits holds up those behind it; default: a retry or a limit does,
                               a question does not
  context=thread|fresh         whether its agents go on with one conversation (thread, the default), or each task has its own
  check=COMMAND                a command line that has to pass before a task has succeeded: check='npm test'
  check_retries=N              how often an agent is sent back with what the check said; default: 2
  worktree=true|false          its agents work in a git work tree of their own, on a branch of their own; default: false
  max_usd=N                    what its agents may cost from noon to noon; the lane then pauses; default: limits.max_usd`,
  examples: [
    'sparkq queue set auth default_tool=run-bash on_failure=pause',
    'sparkq queue set auth on_failure=',
    "sparkq queue set auth check='npm test' worktree=true max_usd=5",
    'sparkq queue set auth --instructions @docs/auth.md',
  ],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const settings = readSettings(args.settings)
    const { name } = options
    const text = options.instructions
    const instructions = text && (await readTextOption(text, '--instructions', cwd))
    if (settings === undefined && name === undefined && instructions === undefined) {
      throw invalid('There is nothing to set.', {
        hint: `sparkq queue set NAME KEY=VALUE, with one of: ${known.join(', ')}`,
      })
    }
    const { api } = await connect()
    const { queue } = await api.updateQueue({
      id: args.queue,
      ...(settings === undefined ? {} : { settings: settings as Record<string, never> }),
      ...(name === undefined ? {} : { name }),
      ...(instructions === undefined ? {} : { instructions: instructions || null }),
    })
    if (options.json) return printJson(terminal.out, { queue })
    const now = Object.entries(queue.settings).map(([key, value]) => shellWord(`${key}=${value}`))
    terminal.out.line(`Changed queue "${queue.name}" · ${now.length > 0 ? now.join('  ') : 'no settings'}`)
  },
})

function readSettings(pairs: string[]): Record<string, unknown> | undefined {
  if (pairs.length === 0) return undefined
  return Object.fromEntries(pairs.map(readSetting))
}

function readSetting(pair: string): [key: string, value: unknown] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
  if (key === undefined || value === undefined) {
    throw invalid(`"${pair}" is not KEY=VALUE.`, { hint: `sparkq queue set NAME on_failure=pause` })
  }
  if (!known.includes(key)) {
    throw invalid(`There is no setting "${key}".${didYouMean(key, known)}`, {
      hint: `settings: ${known.join(', ')}`,
    })
  }
  return [key, value === '' ? null : typed(key, value)]
}

/** A number or a truth where the setting is one; anything else is for the API to refuse. */
function typed(key: string, value: string): unknown {
  const { type } = QueueSettings.properties[key as keyof typeof QueueSettings.properties] as { type?: string }
  if ((type === 'integer' || type === 'number') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value)
  return type === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : value
}
