import type { Api, Output } from '../../contract/api.ts'
import { conflict, invalid, notFound } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { cautions, changesText, hasChanged, showStat } from '../changes-text.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, taskArg } from '../options.ts'
import { showPatch } from '../show-patch.ts'
import { statusText } from '../task-text.ts'
import { printJson } from '../terminal.ts'

type Kept = Output<'getPatch'>

export const command = defineCommand({
  summary: 'Show what a task changed in its git work tree.',
  args: { task: taskArg },
  options: {
    attempt: {
      type: 'whole',
      value: 'N',
      min: 1,
      describe: 'that attempt; default: the last one that changed something',
    },
    stat: { type: 'flag', describe: 'only the files, and how many lines came and went, and the commits' },
    json: jsonOption,
  },
  notes: `The patch is from before the attempt to after it: commits, what was not committed, and new files. On a terminal it is coloured,
in your pager (PAGER); in a pipe it is the patch as it is kept, at most 1 MB of it, and what is to be known of it goes to stderr.
Of which tasks it is kept says sparkq.yml (review.changes: none, agents, all).`,
  examples: ['sparkq diff AUTH-7', 'sparkq diff AUTH-7 --stat', 'sparkq diff AUTH-7 --attempt 1'],
  run: async ({ args, options, terminal, env, connect }) => {
    if (options.stat && options.json) throw invalid('Either --stat or --json, not both.')
    const { api } = await connect()
    const { task } = await api.getTask({ id: args.task })
    const kept = await readKept(api, task, options.attempt)
    if (options.json) return printJson(terminal.out, kept)
    const { changes, patch } = kept
    const name =
      kept.attempt === task.attempt ? task.friendly_id : `${task.friendly_id}, attempt ${kept.attempt},`
    if (!hasChanged(changes)) terminal.err.line(`${name} changed nothing.`)
    else if (options.stat) {
      showStat(terminal.out, changes)
      terminal.out.line(`  ${changesText(changes)}`)
    } else await showPatch(terminal.out, patch, env)
    for (const caution of cautions(changes)) terminal.err.line(terminal.err.paint('yellow', caution))
  },
})

/** @throws conflict before there can be any; not_found where nobody looked */
async function readKept(
  api: Api,
  task: Task,
  attempt: number | undefined,
): Promise<Kept & { changes: NonNullable<Kept['changes']> }> {
  const { friendly_id, finished_at } = task
  const kept = await api.getPatch({ id: task.id, ...(attempt === undefined ? {} : { attempt }) })
  const { changes } = kept
  if (changes !== null) return { ...kept, changes }
  const isRunning = task.status === 'running' && (attempt ?? task.attempt) === task.attempt
  if (isRunning || (finished_at === null && kept.attempt === null))
    throw conflict(
      `${friendly_id} is ${statusText(task)}: what it changes is known when it has ended.`,
      `sparkq wait ${friendly_id}`,
    )
  throw notFound(
    `What ${friendly_id} changed was not kept: it ran outside of git, was never begun, or review.changes leaves it out.`,
    'sparkq config get review.changes',
  )
}
