import { invalid } from '../../contract/errors.ts'
import { agentEdits, agentOptions } from '../agent-options.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption, timeoutOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { classOption, described, describeOption, readCommand } from '../tool-options.ts'
import { runsText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Add a tool of your own.',
  args: { name: { value: 'NAME', describe: 'what to call it' } },
  rest: 'COMMAND [ARG …]',
  restKind: 'command',
  options: {
    class: classOption,
    timeout: timeoutOption,
    description: describeOption,
    ...agentOptions,
    json: jsonOption,
  },
  notes: `With --agent, that agent works on its prompts. With a command, runners run its prompts by it, in the project's folder and without a shell. {prompt} in one of its words
stands for the prompt; where no word has it, the prompt comes on stdin. Without either, its tasks wait for a worker.
To have it in sparkq.yml instead: config set tools.NAME '{task_class: …, command: […]}'.`,
  examples: [
    `sparkq tools create my-llm --class LLM_HEAVY -- my-llm --model x '{prompt}'`,
    'sparkq tools create summary --class LLM_LITE --description "Says it in a line" -- llm -s "One line."',
    'sparkq tools create careful --class LLM_HEAVY --agent claude --model opus --permission-mode plan',
    'sparkq tools create by-hand --class LLM_HEAVY',
  ],
  run: async ({ args, options, rest, terminal, connect }) => {
    const { class: task_class, timeout, description } = options
    if (task_class === undefined) {
      throw invalid('Which task class? It says how long its tasks may take.', {
        hint: `sparkq classes\nsparkq tools create ${args.name} --class CLASS`,
      })
    }
    const command = readCommand(rest)
    const { api } = await connect()
    const answer = await api.createTool({
      ...{ name: args.name, task_class },
      ...described(description),
      ...(timeout === undefined ? {} : { timeout }),
      ...(command ? { command } : {}),
      ...agentEdits(options, command),
    })
    if (options.json) return printJson(terminal.out, answer)
    const { tool } = answer
    terminal.out.line(`Added tool "${tool.name}" · its tasks are run by ${runsText(tool)}`)
    sayNext(terminal.err, [[`sparkq enqueue -q LANE -t ${tool.name} "…"`, 'use it']])
  },
})
