import { takeTree } from '../../changes/lane-trees.ts'
import { defineCommand } from '../command.ts'
import { anyQueue } from '../kinds.ts'
import { findNamedTree, holdsText, soonEnough, treeName } from '../lane-tree.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Merge what a lane did in its own work tree into what is checked out here.',
  args: { queue: { value: 'LANE', kind: anyQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  notes: `What the lane did not commit is committed first. Its work tree and branch are gone then; the next task makes
new ones. It is refused where files here have changes that are not committed, and where the merge conflicts: then all stays as it was.`,
  examples: ['sparkq worktree take auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api, project } = await connect()
    const tree = await findNamedTree(api, project.root, args.queue)
    const message = `Work of lane ${treeName(tree)}`
    const taken = await takeTree(project.root, tree.slug, { message, deadline: soonEnough() })
    if (options.json) return printJson(terminal.out, { taken })
    terminal.out.line(`Merged ${tree.branch} into ${taken.into}: ${holdsText(tree)}.`)
  },
})
