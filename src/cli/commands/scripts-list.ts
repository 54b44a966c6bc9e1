import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printScripts } from '../scripts.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'List the scripts of the project.',
  options: { json: jsonOption },
  notes: `They lie in the folders that script_dirs names; what git ignores is left out. What they say of themselves
stands in the comments at their head:

  # name: deploy-staging
  # description: Deploys the current branch to staging
  # inputs: branch (optional), env
  # outputs: deployment URL
  # tags: deploy, staging
  # timeout: 300
  # task_class: FAST_SCRIPT`,
  examples: ['sparkq scripts list', 'sparkq scripts list --json'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listScripts()
    if (options.json) return printJson(terminal.out, answer)
    printScripts(terminal, answer, 'There is no script in the folders that script_dirs names.')
  },
})
