import { carryOutFiles, planInstall } from '../../agent-files/install.ts'
import { findProject } from '../../config.ts'
import { agentFacts, agentNames } from '../../contract/agents.ts'
import { findProgram } from '../../processes/find-program.ts'
import { sayTheirs, showChanges, shownFile } from '../agent-diff.ts'
import { findTarget, readAgentName } from '../agent-files.ts'
import { confirm } from '../ask.ts'
import { defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { yesOption } from '../options.ts'

export const command = defineCommand({
  summary: 'Tell Claude Code, Codex or Gemini CLI of SparkQ, so that a chat works a lane.',
  args: { agent: { value: 'AGENT', describe: agentNames.join(', '), choices: agentNames } },
  options: {
    project: { type: 'flag', describe: 'in the files of this project (default of claude and gemini)' },
    user: { type: 'flag', describe: 'in your own files, for all projects (default of codex)' },
    yes: yesOption,
  },
  notes: `It shows every line that it will change, and asks. It writes the MCP server "sparkq mcp" and a command that works a lane; for
Claude Code also hooks, which hand over the next task of a lane to the chat that asked for it, and wake it when a task comes.
  claude   .mcp.json, .claude/settings.local.json, .claude/commands/sparkq/     then: /sparkq:work LANE
  codex    ~/.codex/config.toml, ~/.agents/skills/sparkq-work/                  then: $sparkq-work, and the lane
  gemini   .gemini/settings.json, .gemini/commands/sparkq/                      then: /sparkq:work LANE
With it the tools of SparkQ are allowed without being asked for; nothing else is. Comments, order and indentation of what else is in
these files stay. Done twice, it changes nothing. "sparkq agent uninstall" takes back every byte of it.`,
  examples: ['sparkq agent install claude', 'sparkq agent install codex --yes'],
  local: true,
  run: async ({ args, options, terminal, cwd, env }) => {
    const agent = readAgentName(args.agent)
    const { root } = findProject(cwd, env)
    const { at, pieces } = findTarget(agent, { root, env, project: options.project, user: options.user })
    const plan = planInstall(at, pieces)
    const { title } = agentFacts[agent]
    const { out, err } = terminal
    sayTheirs(err, plan, root)
    if (plan.changes.length > 0 && !options.yes) {
      showChanges(err, plan, root)
      if (!(await confirm(terminal, `${title} is told of SparkQ.`, '--yes'))) return 1
    }
    carryOutFiles(plan)
    if (plan.changes.length === 0) out.line(`${title} knows of SparkQ already.`)
    else out.line(`Told ${title} of SparkQ: ${plan.changes.map(it => shownFile(it.file, root)).join(', ')}`)
    if (!findProgram(agent, env)) err.line(`${title} is not on the PATH.`)
    const begin: Record<typeof agent, Hint> = {
      claude: ['/sparkq:work LANE', 'type it in a new chat; /sparkq:stop ends it'],
      codex: ['$sparkq-work LANE', 'type it in a new chat'],
      gemini: ['/sparkq:work LANE', 'type it in a new chat'],
    }
    sayNext(err, [begin[agent], [`sparkq agent uninstall ${agent}`, 'take it back']])
    return 0
  },
})
