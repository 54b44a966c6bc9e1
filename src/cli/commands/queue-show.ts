import type { Queue } from '../../contract/queues.ts'
import type { Runner } from '../../contract/runners.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { anyQueue } from '../kinds.ts'
import { findQueue, findRunner, openingCommand, workCommand } from '../lanes.ts'
import { jsonOption } from '../options.ts'
import { queueStatusText } from '../queue-text.ts'
import { type Face, printJson } from '../terminal.ts'
import { indent, oneLine, padEnd, visible } from '../text.ts'
import { relative } from '../times.ts'

export const command = defineCommand({
  summary: 'Show a queue: its state, counts, settings and instructions.',
  args: { queue: { value: 'NAME', kind: anyQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  examples: ['sparkq queue show auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const queue = await findQueue(api, args.queue)
    if (options.json) return printJson(terminal.out, { queue })
    const runner = await findRunner(api, queue.id)
    show(terminal.out, queue, runner)
    const lane = shellQueue(queue.name)
    const opening = openingCommand(queue)
    const next: Hint[] = [[`sparkq tasks ${lane}`, 'its tasks']]
    if (opening) next.unshift([opening, 'let it go on'])
    else if (!runner && queue.status === 'active') next.unshift([await workCommand(api, queue), 'work it'])
    sayNext(terminal.err, next)
  },
})

function show(out: Face, queue: Queue, runner: Runner | undefined): void {
  const { queued, running, succeeded, failed } = queue.counts
  const row = (label: string, text: string) => out.line(`  ${out.paint('dim', padEnd(label, 10))}${text}`)
  out.line(`${out.paint('bold', queue.name)}  ${queueStatusText(queue)}`)
  row('session', queue.session.name)
  row('tasks', `${queued} queued, ${running} running, ${succeeded} succeeded, ${failed} failed`)
  row('runner', runner ? `${runner.worker_id}, process ${runner.process.pid}` : 'none')
  if (queue.status === 'idle' && queue.paused_by) row('paused by', oneLine(queue.paused_by))
  row('created', `${relative(queue.created_at)} · ids ${queue.task_prefix}-1, … and ${queue.id}`)
  const settings = Object.entries(queue.settings).map(([key, value]) => `${key}=${value}`)
  row('settings', settings.length > 0 ? settings.join('  ') : 'none set')
  if (!queue.instructions) return
  out.line()
  out.line(indent(visible(queue.instructions.trim()), 2))
}
