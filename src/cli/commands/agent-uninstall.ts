import { carryOutFiles, planUninstall } from '../../agent-files/install.ts'
import { findProject } from '../../config.ts'
import { agentFacts, agentNames } from '../../contract/agents.ts'
import { sayTheirs, showChanges, shownFile } from '../agent-diff.ts'
import { findTarget, readAgentName } from '../agent-files.ts'
import { confirm } from '../ask.ts'
import { defineCommand } from '../command.ts'
import { yesOption } from '../options.ts'

export const command = defineCommand({
  summary: 'Take back what "agent install" wrote, and nothing else.',
  args: { agent: { value: 'AGENT', describe: agentNames.join(', '), choices: agentNames } },
  options: {
    project: { type: 'flag', describe: 'from the files of this project (default of claude and gemini)' },
    user: { type: 'flag', describe: 'from your own files (default of codex)' },
    yes: yesOption,
  },
  notes: `It shows what goes, and asks. Files that were not there before are removed; in the others every other byte stays. What somebody
changed since stays too, and is named. A task that a chat has in hand stays with it.`,
  examples: ['sparkq agent uninstall claude', 'sparkq agent uninstall codex --yes'],
  local: true,
  run: async ({ args, options, terminal, cwd, env }) => {
    const agent = readAgentName(args.agent)
    const root = options.user || (agent === 'codex' && !options.project) ? cwd : findProject(cwd, env).root
    const { at, pieces } = findTarget(agent, { root, env, project: options.project, user: options.user })
    const plan = planUninstall(at, pieces)
    const { title } = agentFacts[agent]
    const { out, err } = terminal
    if (plan.changes.length > 0 && !options.yes) {
      showChanges(err, plan, root)
      if (!(await confirm(terminal, `${title} is not told of SparkQ any more.`, '--yes'))) return 1
    }
    carryOutFiles(plan)
    sayTheirs(err, plan, root)
    if (plan.changes.length === 0) out.line(`Nothing of SparkQ is in the files of ${title}.`)
    else out.line(`Took back from ${title}: ${plan.changes.map(it => shownFile(it.file, root)).join(', ')}`)
    return 0
  },
})
