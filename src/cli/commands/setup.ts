import { configFileName } from '../../config.ts'
import { type AgentName, agentFacts, agentNames } from '../../contract/agents.ts'
import { invalid } from '../../contract/errors.ts'
import { type Context, defineCommand } from '../command.ts'
import { type Hint, sayNext } from '../hints.ts'
import { exampleScripts } from '../setup/examples.ts'
import { findAgents, firstAgent, lookAround, projectAbove } from '../setup/look-around.ts'
import { carryOutSetup, planSetup, type SetupPlan } from '../setup/project.ts'
import { type Answers, type Found, isSetting, questions } from '../setup/questions.ts'
import { lacksLane, lookAtFolder, type Standing } from '../setup/standing.ts'
import type { SetupReport } from '../setup/steps.ts'
import { nothingWritten, requestOf, talkOver } from '../setup/talk.ts'
import type { Terminal } from '../terminal.ts'
import { padEnd, shellWord } from '../text.ts'

const options = {
  yes: { type: 'flag', short: 'y', describe: 'take every default without asking' },
  name: { type: 'text', value: 'NAME', describe: 'the name of the project; default: that of the folder' },
  folder: { type: 'text', value: 'DIR', kind: 'folder', describe: 'where tasks run; default: here' },
  prd: { type: 'text', value: 'FILE', kind: 'file', describe: 'what says what is being built; - is nothing' },
  'script-dir': {
    type: 'list',
    value: 'DIR',
    describe: 'a folder with scripts; default: those found, else scripts',
  },
  timeout: { type: 'list', value: 'CLASS=TIME', describe: 'of a task class: LLM_HEAVY=1800, LLM_HEAVY=30m' },
  port: { type: 'text', value: 'PORT', describe: 'of the server; default: 5005, or the next free one' },
  session: { type: 'text', value: 'NAME', describe: 'the first session; default: default' },
  queue: { type: 'text', short: 'q', value: 'NAME', describe: 'the first queue in it; default: default' },
  examples: { type: 'flag', describe: 'write two example scripts, too' },
  'no-examples': { type: 'flag', describe: 'write none (default)' },
} as const

type Typed = Context<Record<never, never>, typeof options>
type Given = Partial<Answers>

export const command = defineCommand({
  summary: 'Make this folder a SparkQ project.',
  options,
  notes: `On a terminal it asks, shows what it will make, and asks whether to. What an option says is not asked. Enter takes what is
proposed; q, Ctrl-C and Ctrl-D leave, and nothing is written. With --yes, and without a terminal, it asks nothing.
It writes sparkq.yml and the folder sparkq/ with the database and the playbook of assistants, and makes a session and a queue. What is there already
stays as it is, even a sparkq.yml with a mistake. "sparkq teardown" takes back what was made.`,
  local: true,
  examples: [
    'sparkq setup',
    'sparkq setup --yes',
    'sparkq setup --yes --name my-project --port 5010 --queue auth --examples',
  ],
  run: async ({ options: typed, terminal, cwd, env }) => {
    const { err } = terminal
    const found = await lookAround(cwd)
    const given = readGiven(typed, found)
    const standing = await lookAtFolder(cwd)
    sayUnused(terminal, standing, given)
    if (standing.mistake !== undefined) err.line(`${standing.mistake} The file stays as it is.`)
    const above = projectAbove(cwd)
    if (above) err.line(`There is another project above this one: ${above}`)

    const talk = { found, standing, given, agents: findAgents(env), env, err }
    const isAsking = terminal.isInteractive && !typed.yes
    const plan = isAsking ? await talkOver(talk) : planSetup(cwd, standing, requestOf(talk, {}))
    if (plan === undefined) {
      err.line(nothingWritten)
      return 1
    }
    const report = await carryOutSetup(plan)
    sayReport(terminal, cwd, report, isAsking)
    const isNew = standing.project === undefined
    if (isNew && !isAsking && !typed.yes) err.line(`It took every default; change them in ${configFileName}.`)
    if (isNew && !isAsking && given.port === undefined) sayPort(terminal, found)
    if (isNew) sayAgents(terminal, talk.agents, plan.answers)
    sayNext(
      err,
      standing.mistake === undefined ? nextCommands(standing, plan) : [[`edit ${configFileName}`, '']],
    )
    return 0
  },
})

/** What the command line says, checked as an answer would be. */
function readGiven(typed: Typed['options'], found: Found): Given {
  if (typed.examples && typed['no-examples']) throw invalid('Either --examples or --no-examples, not both.')
  const texts: Partial<Record<keyof Answers, string | undefined>> = {
    name: typed.name,
    repo_path: typed.folder,
    prd_path: typed.prd,
    script_dirs: typed['script-dir'].join(',') || undefined,
    timeouts: typed.timeout.join(' ') || undefined,
    port: typed.port,
    session: typed.session,
    queue: typed.queue,
    examples: typed.examples ? 'y' : typed['no-examples'] ? 'n' : undefined,
  }
  return Object.fromEntries(
    questions.flatMap(({ key, read }) => {
      const text = texts[key]?.trim()
      return text === undefined ? [] : [[key, read(text, found)]]
    }),
  )
}

/** What was typed in vain, as what it would say is there already. */
function sayUnused({ err }: Terminal, standing: Standing, given: Given): void {
  const needsLane = lacksLane(standing, given.queue)
  const isUsed = (key: keyof Answers): boolean =>
    key === 'examples' || (isSetting(key) ? standing.project === undefined : needsLane)
  const unused = questions.filter(({ key }) => given[key] !== undefined && !isUsed(key))
  if (unused.length === 0) return
  const names = unused.map(({ option }) => option.split(' ')[0]).join(', ')
  err.line(`${names}: nothing is changed by ${unused.length === 1 ? 'it' : 'them'}, as it is set up already.`)
}

function sayReport({ out }: Terminal, cwd: string, { made, kept }: SetupReport, wasShown: boolean): void {
  out.line(made.length > 0 ? `Set up SparkQ in ${cwd}` : `SparkQ is set up in ${cwd} already`)
  if (wasShown && made.length > 0) return
  for (const what of made) out.line(`  ${padEnd('made', 6)}${what}`)
  for (const what of kept) out.line(`  ${padEnd('kept', 6)}${what}`)
}

/** What works now, and what waits for somebody else. */
function sayAgents({ err }: Terminal, agents: readonly AgentName[], { queue }: Answers): void {
  const add = `sparkq add ${queue === 'default' ? '' : `${shellWord(queue)} `}"…"`
  const agent = firstAgent(agents)
  err.line(
    agent === undefined
      ? `Scripts and commands run by themselves. No agent is on the PATH (${agentNames.join(', ')}): a prompt (${add}) waits for a worker.`
      : `Scripts and commands run by themselves, and so do prompts: ${add} is for ${agentFacts[agent].title}.`,
  )
}

function sayPort({ err }: Terminal, { takenBy, port }: Found): void {
  if (takenBy !== undefined)
    err.line(`Port 5005 is taken ${takenBy}: the server of this project has ${port}.`)
}

/** Three commands to go on with. */
function nextCommands({ queues }: Standing, { folder, answers }: SetupPlan): Hint[] {
  const { queue } = queues === undefined || queues.length === 0 ? answers : { queue: queues[0] as string }
  const lane = shellWord(queues?.includes(answers.queue) ? answers.queue : queue)
  const [example] = exampleScripts(folder, answers.script_dirs)
  const work = answers.examples ? `-- ./${shellWord(example?.file ?? '')}` : `-c 'echo hello'`
  return [
    [`sparkq enqueue -q ${lane} ${work}`, 'queue a first task'],
    [`sparkq runner -q ${lane}`, 'work the lane'],
    ['sparkq tasks', 'see what became of it'],
  ]
}
