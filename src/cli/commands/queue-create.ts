import type { Api } from '../../contract/api.ts'
import type { Queue } from '../../contract/queues.ts'
import { shellArgument, shellQueue } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { isKept } from '../lane-next.ts'
import { onlySession, workCommand } from '../lanes.ts'
import { instructionsOption, jsonOption } from '../options.ts'
import { readTextOption } from '../read-input.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Create a queue: a lane whose tasks run one after the other.',
  args: { name: { value: 'NAME', describe: 'a name that no other queue has' } },
  options: {
    session: {
      type: 'text',
      value: 'SESSION',
      kind: 'session',
      describe: 'what it belongs to; default: the only active one',
    },
    instructions: instructionsOption,
    planned: { type: 'flag', describe: 'take tasks, but run none before it is activated' },
    json: jsonOption,
  },
  examples: [
    'sparkq queue create auth --session api-v2',
    'sparkq queue create auth --instructions @docs/auth.md --planned',
  ],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const { api } = await connect()
    const text = options.instructions
    const instructions = text && (await readTextOption(text, '--instructions', cwd))
    const { queue } = await api.createQueue({
      session_id: options.session ?? (await onlySession(api)),
      name: args.name,
      ...(instructions ? { instructions } : {}),
      ...(options.planned ? { status: 'planned' } : {}),
    })
    if (options.json) return printJson(terminal.out, { queue })
    const planned = queue.status === 'planned' ? ', planned' : ''
    terminal.out.line(
      `Created queue "${queue.name}" in session "${queue.session.name}"${planned} · its tasks are ${queue.task_prefix}-1, …`,
    )
    const lane = shellQueue(queue.name)
    sayNext(terminal.err, [
      [`sparkq enqueue ${lane} -c 'COMMAND'`, 'put work into it'],
      ...(await workHints(api, queue)),
    ])
  },
})

async function workHints(api: Api, queue: Queue): Promise<Hint[]> {
  if (queue.status === 'planned')
    return [[`sparkq queue activate ${shellArgument(queue.name)}`, 'let it run']]
  return (await isKept(api, queue)) ? [] : [[await workCommand(api, queue), 'work it']]
}
