import type { Api } from '../../contract/api.ts'
import { invalid } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { type PlanOptions, planFormats } from '../../plans/plan.ts'
import { type Context, defineCommand } from '../command.ts'
import { chooseTool, readWork, toPayload, toProjectPath } from '../enqueue-work.ts'
import { openQueue } from '../kinds.ts'
import { findQueue, findQueueIfAny, missingQueue } from '../lanes.ts'
import {
  atOption,
  inOption,
  jsonOption,
  payloadOption,
  queueOption,
  timeoutOption,
  yesOption,
} from '../options.ts'
import { sayQueued, workText } from '../queued.ts'
import { readMoment } from '../read-time.ts'
import { renderStored } from '../stored-prompt.ts'
import { statusText } from '../task-text.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { readKinds } from '../tool-kinds.ts'

/** The lane that setup makes: where a task goes that names none. */
const defaultLane = 'default'

const args = {
  lane: { value: 'LANE', kind: openQueue, describe: 'the lane, unless -q names it', optional: true },
  prompt: { value: 'PROMPT', describe: 'what an agent shall do; - reads it from stdin', optional: true },
} as const

const options = {
  queue: { ...queueOption, kind: openQueue },
  tool: {
    type: 'text',
    short: 't',
    value: 'TOOL',
    kind: 'tool',
    describe: 'what runs it: sparkq tools; default: the tool of the lane, else the one that fits',
  },
  command: {
    type: 'text',
    short: 'c',
    value: 'TEXT',
    describe: 'a command line for bash, or code for run-python',
  },
  payload: payloadOption,
  file: { type: 'text', value: 'FILE', kind: 'file', describe: 'read the prompt from a file' },
  prompt: { type: 'text', value: 'NAME', describe: 'take the text of this stored prompt' },
  var: {
    type: 'list',
    value: 'NAME=VALUE',
    describe: 'a variable of the stored prompt; VALUE may be @FILE, or - for stdin',
  },
  from: {
    type: 'text',
    value: 'FILE',
    describe: 'queue all tasks of a plan, or none; - reads it from stdin',
  },
  format: {
    type: 'text',
    value: 'FORMAT',
    choices: planFormats,
    describe: 'of the plan, where its name does not say it',
  },
  once: { type: 'flag', describe: 'leave out what an earlier --once of the same plan has queued' },
  'dry-run': { type: 'flag', describe: 'only show what the plan would queue' },
  yes: yesOption,
  timeout: timeoutOption,
  class: {
    type: 'text',
    value: 'CLASS',
    kind: 'class',
    describe: 'the task class, for its timeout: sparkq classes',
  },
  in: inOption,
  at: atOption,
  'max-attempts': {
    type: 'whole',
    value: 'N',
    min: 1,
    describe: 'try it so often in all while it fails; default: 1',
  },
  key: {
    type: 'text',
    value: 'KEY',
    describe: 'the same key again answers the first task and makes no second',
  },
  cwd: { type: 'text', value: 'FOLDER', kind: 'folder', describe: 'where it runs; default: the project' },
  env: { type: 'list', value: 'NAME=VALUE', describe: 'an environment variable for it' },
  check: {
    type: 'text',
    value: 'COMMAND',
    describe: 'a command line that has to pass before it has succeeded; goes before the lane’s',
  },
  quiet: { type: 'flag', short: 'Q', describe: 'print only its id' },
  json: jsonOption,
} as const

type Typed = Context<typeof args, typeof options>

export const command = defineCommand({
  summary: 'Put a task into a lane.',
  usage: [
    'enqueue -q NAME [options] -- FILE [ARG …]',
    `enqueue -q NAME [options] -c 'COMMAND'`,
    'enqueue [options] [LANE] PROMPT',
    'enqueue [options] [LANE] --prompt NAME [--var NAME=VALUE …]',
    'enqueue [options] [LANE] --from FILE',
  ],
  args,
  rest: 'FILE [ARG …]',
  restKind: 'script',
  options,
  notes: `Paths are taken from where you are; those in a plan are relative to the project. Work without a lane goes to the
lane "default", where there is one.

A plan is a Markdown checklist (- [ ] a task; a block of bash or python in it is what is run, everything else a prompt;
"## lane: NAME" names the lane for what follows), YAML ({tool: …, tasks: [{command: …}, …]}) or JSON, a task a line.
Its head, or a task in it, can say lane, tool, class, timeout, max_attempts, in, at, cwd, env and check. It is checked
whole, shown, and queued all or nothing. --yes does not ask.`,
  examples: [
    'sparkq enqueue -q auth -t run-bash -- ./scripts/deploy.sh staging',
    `sparkq enqueue -q auth -c 'make test' --timeout 300`,
    'sparkq add auth "fix the login test" --check "npm test"',
    'sparkq add auth -t llm-sonnet --file prompt.md --at 02:00',
    'sparkq add auth --from tonight.md --dry-run',
    'sparkq add auth --prompt write-tests --var file=src/login.ts',
    `sparkq enqueue -q auth -t run-python --payload '{"script_path": "seed.py", "args": ["--all"]}'`,
  ],
  run: async context => {
    const { options, terminal } = context
    if (options.quiet && options.json) throw invalid('Either --quiet or --json, not both.')
    if (options.from !== undefined) return enqueueFrom(context, options.from)
    refuseWithoutPlan(context)
    const { api } = await context.connect()
    const { task, created, warnings } = await enqueue(context, api)
    for (const warning of warnings) terminal.err.line(warning)
    if (options.json) printJson(terminal.out, { task, created, warnings })
    else if (options.quiet) terminal.out.data(task.friendly_id)
    else if (created) await sayQueued(terminal, api, task)
    else sayKnown(terminal, task)
  },
})

async function enqueue(context: Typed, api: Api) {
  const { options, rest, cwd } = context
  const { project } = await context.connect()
  if (options.var.length > 0 && options.prompt === undefined)
    throw invalid('--var fills in a stored prompt: name it with --prompt.', { hint: 'sparkq prompts' })
  const not_before = readMoment(options)
  const env = readEnv(options.env)
  const { lane, prompt } = await readWords(context, api)
  const { command, payload, file } = options
  const stored = options.prompt
  const work = await readWork({ prompt, rest, command, payload, file, stored }, cwd, name =>
    renderStored(api, name, options.var, cwd),
  )
  const queue = await findQueue(api, lane)
  const kindOf = await readKinds(api, [options.tool, queue.settings.default_tool])
  const tool = options.tool ?? chooseTool(queue, work, kindOf)
  if (stored !== undefined && tool !== undefined && kindOf(tool) !== 'prompt') throw noAgent(tool)
  return api.createTask({
    queue_id: queue.id,
    payload: {
      ...toPayload(work, { tool, kindOf, root: project.root, cwd }),
      ...(options.cwd === undefined ? {} : { cwd: toProjectPath(options.cwd, project.root, cwd) }),
      ...(env === undefined ? {} : { env }),
      ...given('check', options.check),
    },
    ...given('tool_name', tool),
    ...given('task_class', options.class),
    ...given('timeout', options.timeout),
    ...given('not_before', not_before),
    ...given('max_attempts', options['max-attempts']),
    ...given('idempotency_key', options.key),
  })
}

async function enqueueFrom(context: Typed, from: string): Promise<number | undefined> {
  const { args, options, cwd, terminal } = context
  refuseWithPlan(context)
  if (options.queue !== undefined && args.lane !== undefined) throw tooManyWords()
  const env = readEnv(options.env)
  const { api, project } = await context.connect()
  const typed: PlanOptions = {
    ...given('lane', options.queue ?? args.lane),
    ...given('tool', options.tool),
    ...given('class', options.class),
    ...given('timeout', options.timeout),
    ...given('max_attempts', options['max-attempts']),
    ...given('in', options.in),
    ...given('at', options.at),
    ...given('cwd', options.cwd === undefined ? undefined : toProjectPath(options.cwd, project.root, cwd)),
    ...given('env', env),
  }
  const { format, once, yes, quiet, json } = options
  const dryRun = options['dry-run']
  const { enqueuePlan } = await import('../enqueue-plan.ts')
  const request = { from, format, typed, once, dryRun, yes, quiet, json }
  return enqueuePlan({ ...request, api, root: project.root, cwd, terminal })
}

/** What a plan says for each of its tasks cannot be said once for all. */
function refuseWithPlan({ args, options, rest }: Typed): void {
  const words: [unknown, string][] = [
    [args.prompt, 'a prompt'],
    [rest, '-- FILE'],
    [options.command, '-c'],
    [options.payload, '--payload'],
    [options.file, '--file'],
    [options.prompt, '--prompt'],
    [options.var[0], '--var'],
    [options.key, '--key'],
    [options.check, '--check'],
  ]
  const alien = words.find(([value]) => value !== undefined)?.[1]
  if (alien === undefined) return
  throw invalid(`Either --from or ${alien}: a plan says itself what its tasks do.`, {
    hint: alien === '--key' ? '--once gives every task a key' : 'sparkq help enqueue',
  })
}

function refuseWithoutPlan({ options }: Typed): void {
  const alien = (['format', 'once', 'dry-run'] as const).find(it => options[it])
  if (alien) throw invalid(`--${alien} is for a plan: name it with --from.`, { hint: 'sparkq help enqueue' })
}

/** Which word is the lane and which the prompt: it depends on what else was typed. */
async function readWords({ args, options, rest }: Typed, api: Api) {
  const { lane, prompt } = args
  const isPromptElsewhere = [rest, options.command, options.payload, options.file, options.prompt].some(
    it => it !== undefined,
  )
  if (options.queue !== undefined) {
    if (prompt !== undefined) throw tooManyWords()
    return { lane: options.queue, prompt: lane }
  }
  if (lane === undefined) {
    if (isPromptElsewhere && (await findQueueIfAny(api, defaultLane))) return { lane: defaultLane, prompt }
    throw await missingQueue(api)
  }
  if (prompt !== undefined || isPromptElsewhere || (await findQueueIfAny(api, lane))) return { lane, prompt }
  // A single word or sentence that is no lane is a prompt.
  if (await findQueueIfAny(api, defaultLane)) return { lane: defaultLane, prompt: lane }
  return { lane, prompt }
}

function noAgent(tool: string) {
  return invalid(`${tool} takes no prompts: --prompt is for tools that do.`, { hint: 'sparkq tools' })
}

function tooManyWords() {
  return invalid('The lane is named twice, or the prompt is not in quotes.', {
    hint: 'sparkq add NAME "fix the login test"',
  })
}

function readEnv(pairs: string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined
  return Object.fromEntries(
    pairs.map(pair => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined)
        throw invalid(`--env "${pair}" is not NAME=VALUE.`, { hint: '--env NODE_ENV=test' })
      return [name, value]
    }),
  )
}

function sayKnown(terminal: Terminal, task: Task): void {
  terminal.out.line(
    [`${task.friendly_id} has this key already`, workText(terminal, task), statusText(task)].join(' · '),
  )
}

function given<const K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T })
}
