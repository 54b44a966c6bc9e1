import path from 'node:path'
import { shellArgument } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { holdsText, listNamedTrees, treeName } from '../lane-tree.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'List the git work trees that lanes have of their own, and what is in them.',
  options: { json: jsonOption },
  notes: `A lane with worktree: true works in sparkq/worktrees/LANE, on the branch sparkq/LANE. Both stay until what they
hold is taken or dropped.`,
  examples: ['sparkq worktree list'],
  run: async ({ options, terminal, connect }) => {
    const { api, project } = await connect()
    const worktrees = await listNamedTrees(api, project.root)
    if (options.json) return printJson(terminal.out, { worktrees })
    const { out, err } = terminal
    if (worktrees.length === 0) {
      err.line('No lane has a work tree of its own.')
      return
    }
    const rows = worktrees.map(it => [
      treeName(it),
      it.branch,
      holdsText(it) || 'nothing of its own',
      it.path === null ? 'its folder is gone' : oneLine(path.relative(project.root, it.path)),
    ])
    printTable(out, [{ title: 'lane' }, { title: 'branch' }, { title: 'holds' }, { title: 'where' }], rows)
    const first = worktrees.find(it => holdsText(it) !== '')
    if (!first) return
    sayNext(err, [
      [
        `sparkq worktree take ${shellArgument(first.queue?.name ?? first.slug)}`,
        'merge it into what is checked out here',
      ],
    ])
  },
})
