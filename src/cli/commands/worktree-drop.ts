import { removeTree } from '../../changes/lane-trees.ts'
import { confirm } from '../ask.ts'
import { defineCommand } from '../command.ts'
import { anyQueue } from '../kinds.ts'
import { findNamedTree, holdsText, type NamedTree, soonEnough, treeName } from '../lane-tree.ts'
import { jsonOption } from '../options.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Throw away what a lane did in its own work tree.',
  args: { queue: { value: 'LANE', kind: anyQueue, describe: 'its name or id' } },
  options: { force: { type: 'flag', describe: 'do not ask' }, json: jsonOption },
  notes:
    'Removes its work tree and its branch. Where they hold something that is nowhere else, it says what, and asks.',
  examples: ['sparkq worktree drop auth', 'sparkq worktree drop auth --force'],
  run: async ({ args, options, terminal, connect }) => {
    const { api, project } = await connect()
    const tree = await findNamedTree(api, project.root, args.queue)
    if (!options.force && !(await isWanted(terminal, tree))) return 1
    await removeTree(project.root, tree, { deadline: soonEnough() })
    if (options.json) return printJson(terminal.out, { dropped: tree })
    terminal.out.line(`Dropped ${tree.branch}${holdsText(tree) && `, with ${holdsText(tree)}`}.`)
  },
})

/** How many lines are shown of what would be lost. */
const shown = 10

async function isWanted(terminal: Terminal, tree: NamedTree): Promise<boolean> {
  const holds = holdsText(tree)
  if (holds === '') return true
  const { err } = terminal
  const lines = [
    ...tree.commits.map(({ id, subject }) => `${id.slice(0, 8)} ${oneLine(subject)}`),
    ...tree.files.map(oneLine),
  ]
  for (const line of lines.slice(0, shown)) err.line(`  ${line}`)
  if (lines.length > shown) err.line(`  and ${lines.length - shown} more`)
  return confirm(terminal, `${treeName(tree)} has ${holds}, and nowhere else.`, '--force')
}
