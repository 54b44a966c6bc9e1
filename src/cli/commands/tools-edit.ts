import { invalid } from '../../contract/errors.ts'
import { agentEdits, agentOptions, resets, resettable } from '../agent-options.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, timeoutOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import {
  classOption,
  described,
  describeOption,
  editNotes,
  readCommand,
  requireHidden,
  restoreOption,
  toolArg,
} from '../tool-options.ts'
import { changedText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Change a tool.',
  args: { name: toolArg },
  rest: 'COMMAND [ARG …]',
  restKind: 'command',
  options: {
    class: classOption,
    timeout: timeoutOption,
    'no-timeout': { type: 'flag', describe: 'its class’s timeout counts' },
    'no-command': { type: 'flag', describe: 'its tasks wait for a worker' },
    ...agentOptions,
    'no-agent': { type: 'flag', describe: 'its tasks wait for a worker' },
    reset: {
      type: 'list',
      value: 'SETTING',
      describe: `take back one of ${resettable.join(', ')}; may be repeated`,
    },
    description: describeOption,
    restore: restoreOption,
    json: jsonOption,
  },
  notes: `An agent takes the place of a command, and a command that of an agent and what it was told. ${editNotes}`,
  examples: [
    'sparkq tools edit run-bash --timeout 900',
    `sparkq tools edit my-llm -- my-llm --model y '{prompt}'`,
    'sparkq tools edit llm-sonnet --model opus --max-turns 40',
    'sparkq tools edit llm-codex --restore',
  ],
  run: async ({ args, options, rest, terminal, connect }) => {
    const { class: task_class, timeout, description, restore } = options
    if (timeout !== undefined && options['no-timeout'])
      throw invalid('Either --timeout or --no-timeout, not both.')
    const command = readCommand(rest)
    if (command && options['no-command']) throw invalid('Either a command or --no-command, not both.')
    if (options.agent && options['no-agent']) throw invalid('Either --agent or --no-agent, not both.')
    const edits = {
      ...described(description),
      ...(task_class === undefined ? {} : { task_class }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(options['no-timeout'] ? { timeout: null } : {}),
      ...(command ? { command } : {}),
      ...(options['no-command'] ? { command: null } : {}),
      ...agentEdits(options, command),
      ...(options['no-agent'] ? { agent: null } : {}),
      ...resets(options.reset),
      ...(restore ? { hidden: false as const } : {}),
    }
    if (Object.keys(edits).length === 0) throw invalid(`What shall change of "${args.name}"?`)
    const { api } = await connect()
    if (restore) requireHidden((await api.listTools({ hidden: true })).tools, args.name, 'tools')
    const before = restore ? undefined : (await api.getTool({ name: args.name })).tool
    const answer = await api.updateTool({ name: args.name, ...edits })
    if (options.json) return printJson(terminal.out, answer)
    terminal.out.line(changedText('Tool', answer.tool, before))
  },
})
