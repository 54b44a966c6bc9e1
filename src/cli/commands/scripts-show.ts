import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { sayWarnings, showScript } from '../scripts.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Show what a script says of itself, and how to queue it.',
  args: {
    script: { value: 'SCRIPT', kind: 'script name', describe: 'its path in the project, or its name' },
  },
  options: { json: jsonOption },
  examples: ['sparkq scripts show scripts/deploy.sh', 'sparkq scripts show deploy-staging'],
  run: async ({ args, options, terminal, connect, cwd }) => {
    const { api, project } = await connect()
    const answer = await api.listScripts({ script: args.script })
    if (options.json) return printJson(terminal.out, answer)
    for (const script of answer.scripts) showScript(terminal.out, script, { root: project.root, cwd })
    sayWarnings(terminal, answer.warnings)
  },
})
