import os from 'node:os'
import { agentOf } from '../agents/agents.ts'
import { type Probe, probeAgent } from '../agents/probe.ts'
import { listTrees } from '../changes/lane-trees.ts'
import { type AgentName, agentFacts, agentNames } from '../contract/agents.ts'
import { defaultConfig } from '../contract/config.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { clock } from '../contract/time-text.ts'
import { count } from '../contract/words.ts'
import { type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const agentChecks: readonly Check[] = [
  { name: 'agents', look: lookAtAgents },
  { name: 'providers', look: lookAtProviders },
  { name: 'conversations', look: lookAtConversations },
  { name: 'worktrees', look: lookAtTrees },
]

/** Options without which an agent cannot be called; of Codex those that `codex exec` shares with `codex`, whose help it is. */
const needed: Record<AgentName, readonly string[]> = {
  claude: ['--output-format', '--permission-mode', '--session-id', '--resume'],
  codex: ['--sandbox'],
  gemini: ['--output-format', '--approval-mode', '--skip-trust', '--session-id', '--resume'],
}

/** Whether somebody is logged in only a run can tell, which costs. */
async function lookAtAgents({ env, inspect }: Site): Promise<Finding[]> {
  const tools = inspect().agentTools()
  const probes = await Promise.all(agentNames.map(name => probeAgent(name, env)))
  const troubles = probes.flatMap(probe => (probe.path === null ? missing(probe.name, tools) : odd(probe)))
  const found = probes.filter(it => it.path !== null)
  const facts = found.map(it => `${it.name} ${it.version ?? ''}`.trim()).join(' · ')
  return orOk(
    troubles,
    facts === '' ? 'none is installed, and none is asked for' : `${facts} · login not checked`,
  )
}

type AgentTool = { tool: string; agent: AgentName; queued: number }

/** Tools that every project has say nothing of what a person wants; their tasks do. */
function missing(name: AgentName, tools: readonly AgentTool[]): Finding[] {
  const { title, program, install } = agentFacts[name]
  const wanted = tools.filter(
    it => it.agent === name && (it.queued > 0 || !Object.hasOwn(defaultConfig.tools, it.tool)),
  )
  if (wanted.length === 0) return []
  const queued = wanted.reduce((sum, it) => sum + it.queued, 0)
  const waits = queued === 0 ? '' : `: ${count(queued, 'task waits', 'tasks wait')}`
  const names = wanted.map(it => it.tool).join(', ')
  return [
    warning(`${title} is not installed (no ${program} on the PATH), and ${names} needs it${waits}.`, install),
  ]
}

function odd({ name, path, problem, options }: Probe): Finding[] {
  const { title, install } = agentFacts[name]
  if (problem !== null) return [warning(`${title} does not answer: ${problem}.`, `${path} --version`)]
  const lacks = needed[name].filter(option => !options.includes(option))
  if (lacks.length === 0) return []
  return [warning(`${title} (${path}) does not know ${lacks.join(', ')}: it may be too old.`, install)]
}

function lookAtProviders({ inspect }: Site): Finding[] {
  const closed = inspect().closedProviders()
  return orOk(
    closed.map(({ name, status, until, message, mend }) => {
      const end = until === null ? '' : ` until ${clock(until)}`
      const said = message === null ? '' : `: ${message}`
      const next = [...(mend === null ? [] : [mend]), `sparkq providers resume ${name}`]
      // What is limited goes on by itself.
      return warning(
        `${agentFacts[name].title} is ${status}${end}${said}`,
        ...(status === 'paused' ? next : []),
      )
    }),
    'all take work',
  )
}

/** Of one that the agent no longer has, its lane begins another, and is told what was done so far. */
function lookAtConversations({ inspect, env, project }: Site): Finding[] {
  const open = inspect()
    .conversations()
    .filter(it => it.host === os.hostname())
  const lost = open.filter(
    ({ agent, session_id, cwd }) =>
      session_id !== null && !agentOf(agent).canResume(session_id, { env, cwd: cwd ?? project.root }),
  )
  const facts =
    open.length === 0 ? 'no lane has a conversation' : `${count(open.length, 'conversation')} to go on with`
  if (lost.length === 0) return [ok(facts)]
  const lanes = [...new Set(lost.map(it => it.queue))].join(', ')
  return [
    ok(
      `${facts}; the agent no longer has ${lost.length === open.length ? 'them' : lost.length}, a new one begins (${lanes})`,
    ),
  ]
}

/** How long git may take. */
const patience = 10_000

async function lookAtTrees({ inspect, project }: Site): Promise<Finding[]> {
  const trees = await listTrees(project.root, performance.now() + patience)
  const lanes = new Map(
    inspect()
      .lanes()
      .map(it => [it.task_prefix.toLowerCase(), it]),
  )
  const ours = trees.filter(it => it.path !== null || lanes.has(it.slug))
  const holding = ours.filter(it => it.commits.length + it.files.length > 0)
  const left = holding.filter(it => ['ended', 'archived', undefined].includes(lanes.get(it.slug)?.status))
  return orOk(
    left.map(({ slug, branch }) => {
      const name = shellArgument(lanes.get(slug)?.name ?? slug)
      const what = lanes.has(slug) ? `The lane ${name} is over` : `The lane of ${branch} is gone`
      return warning(
        `${what}, and its work tree holds what nobody has taken.`,
        `sparkq worktree take ${name}`,
        `sparkq worktree drop ${name}`,
      )
    }),
    ours.length === 0
      ? 'no lane has one of its own'
      : `${count(ours.length, 'work tree')}, ${holding.length} with work in`,
  )
}
