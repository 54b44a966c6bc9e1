import { isatty } from 'node:tty'
import { invalid } from '../../contract/errors.ts'
import { type RunnerMode, runnerModes } from '../../contract/runners.ts'
import { createLog } from '../../log.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { runLane } from '../../runner/lane.ts'
import { connectToSupervisor } from '../../supervisor/child.ts'
import { type Context, defineCommand } from '../command.ts'
import { allOption, sessionOption } from '../lane-options.ts'
import { missingQueue } from '../lanes.ts'
import { queueOption } from '../options.ts'
import { createRunnerView } from '../runner-view.ts'
import { superviseHere } from '../supervise-here.ts'
import { tellOnceAlone, tellPerson } from '../tell-person.ts'

const options = {
  queue: queueOption,
  all: allOption,
  session: sessionOption,
  once: { type: 'flag', describe: 'do one task, then end' },
  run: { type: 'flag', describe: 'work until the lane is empty (default)' },
  watch: { type: 'flag', describe: 'work for ever: wait for the next task when the lane is empty' },
  chat: {
    type: 'flag',
    describe: 'for an assistant in a chat: print each task and the commands that finish it',
  },
  worker: { type: 'text', value: 'ID', describe: 'the worker id; default: worker-HOST-LANE' },
} as const

type Typed = Context<Record<never, never>, typeof options>

/** 128 + SIGINT: what shells answer for an interrupted program. */
const interrupted = 130

export const command = defineCommand({
  summary: 'Work a lane, or many: execute the tasks one after the other.',
  options,
  examples: [
    'sparkq runner -q auth',
    'sparkq runner -q auth --once',
    'sparkq runner --queue auth --watch',
    'sparkq runner --all',
    'sparkq runner -q auth --chat --watch',
  ],
  notes: `One runner works a lane; a second one is refused (exit 4). Exit 0 when it did its job, whatever became of the tasks.
Ctrl-C ends the runner, not the task: that goes on, and the next runner takes it up.
Without a terminal (nohup sparkq runner --watch &) it outlives the one it was started from.
--all and --session keep a runner on each active lane, on new and resumed ones too, until Ctrl-C (as --watch does). One that
dies is started again.
--chat executes nothing: it prints the lane's instructions, then a task, its hint and the commands that finish it, and waits for that
before it prints the next. Whoever runs it has the task: an assistant that ends, however it does, gives it back at once, uncharged.
With --once it prints a task and ends; the same task again until it is finished. An assistant that sees the output of a command only
when that has ended uses --once; any other runs --watch in the background and reads on.`,
  ownsSignals: true,
  run: async context => {
    leaveTask(context.env)
    const { all, session, queue } = context.options
    if (all || session.length > 0) {
      refuseOfOneLane(context)
      const signal = endOnSignals()
      await superviseHere(context, all ? 'all' : session, signal)
      return interrupted
    }
    if (queue === undefined) throw await missingQueue((await context.connect()).api)
    return workOne(context, queue)
  },
})

async function workOne(context: Typed, queue: string): Promise<number> {
  const mode = whichMode(context)
  if (context.options.chat) return giveToChat(context, queue, mode)
  const connection = await context.connect()
  const { api, project, remote } = connection
  const log = createLog({ folder: project.logs })
  const supervised = connectToSupervisor(context.env, message =>
    log({ type: 'runner_warning', lane: queue, message }),
  )
  const report = supervised?.report ?? createRunnerView(context.terminal)
  const signal = endOnSignals()
  const onTrouble = (message: string): void => report({ type: 'warning', message })
  const tell = supervised ? tellOnceAlone : tellPerson
  const notifier = await tell(connection, context.env, onTrouble)
  try {
    const { left } = await runLane({
      api,
      queue,
      mode,
      report,
      signal,
      env: context.env,
      root: project.root,
      logs: project.logs,
      configFile: project.configFile,
      config: project.config,
      workerId: context.options.worker,
      supervisor: supervised?.supervisor,
      remote,
    })
    return signal.aborted || left ? interrupted : 0
  } catch (error) {
    supervised?.report({ type: 'warning', message: (error as Error).message })
    throw error
  } finally {
    await notifier?.stop(signal.aborted ? tellPatienceMs.interrupted : tellPatienceMs.done)
    supervised?.letGo()
  }
}

/** Exit 0 when the lane gave what was asked for; a chat that is gone reads no exit code. */
async function giveToChat(context: Typed, queue: string, mode: RunnerMode): Promise<number> {
  const { workInChat } = await import('../chat/work.ts')
  const { terminal, env, options: typed } = context
  const connection = await context.connect()
  const signal = endOnSignals()
  const warn = (message: string): void => terminal.err.line(message)
  const notifier = await tellPerson(connection, env, warn)
  try {
    const { url } = typed as { url?: string }
    const end = await workInChat({
      ...{ connection, queue, mode, url, env, terminal, signal },
      workerId: typed.worker,
    })
    return end === 'interrupted' || end === 'worker_gone' ? interrupted : 0
  } finally {
    await notifier?.stop(signal.aborted ? tellPatienceMs.interrupted : tellPatienceMs.done)
  }
}

/** How long a runner stays for what is being told: when its work is done, a little longer than that may take. */
const tellPatienceMs = { interrupted: 1000, done: 35_000 }

function whichMode({ options: typed }: Typed): RunnerMode {
  const asked = runnerModes.filter(mode => typed[mode])
  if (asked.length > 1)
    throw invalid(`Either --${asked.join(' or --')}, not both.`, { hint: 'sparkq runner --help' })
  return asked[0] ?? 'run'
}

/** What means something for one lane alone. */
function refuseOfOneLane({ options: typed }: Typed): void {
  const many = typed.all ? '--all' : '--session'
  if (typed.all && typed.session.length > 0)
    throw invalid('--all has the lanes of every session: leave --session out.')
  for (const name of ['queue', 'once', 'run', 'worker', 'chat'] as const) {
    if (typed[name] === undefined || typed[name] === false) continue
    throw invalid(`--${name} is for one lane: leave it out, or ${many}.`, { hint: 'sparkq runner --help' })
  }
}

/** The first signal asks the runner to go, which it does at once, leaving its task running; a second one does not wait. */
function endOnSignals(): AbortSignal {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (name === 'SIGHUP' && !hasTerminal()) {
      process.on(name, () => {})
      continue
    }
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(interrupted)
      ending.abort()
    })
  }
  return ending.signal
}

/**
 * A runner without a terminal has none to lose. Whether SIGHUP was to be ignored (`nohup sparkq runner --watch &`) cannot
 * be asked: Node takes every signal back to its default when it starts.
 */
const hasTerminal = (): boolean => [0, 1, 2].some(isatty)
