import { isatty } from 'node:tty'
import { invalid } from '../../contract/errors.ts'
import { type RunnerMode, runnerModes } from '../../contract/runners.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { runLane } from '../../runner/lane.ts'
import { type Context, defineCommand } from '../command.ts'
import { missingQueue } from '../lanes.ts'
import { queueOption } from '../options.ts'
import { createRunnerView } from '../runner-view.ts'

const options = {
  queue: queueOption,
  once: { type: 'flag', describe: 'do one task, then end' },
  run: { type: 'flag', describe: 'work until the lane is empty (default)' },
  watch: { type: 'flag', describe: 'work for ever: wait for the next task when the lane is empty' },
  worker: { type: 'text', value: 'ID', describe: 'the worker id; default: worker-HOST-LANE' },
} as const

/** 128 + SIGINT: what shells answer for an interrupted program. */
const interrupted = 130

export const command = defineCommand({
  summary: 'Work a lane: execute its tasks one after the other.',
  options,
  examples: ['sparkq runner -q auth', 'sparkq runner -q auth --once', 'sparkq runner --queue auth --watch'],
  notes: `One runner works a lane; a second one is refused (exit 4). Exit 0 when it did its job, whatever became of the tasks.
Ctrl-C ends the runner, not the task: that goes on, and the next runner takes it up.
Without a terminal (nohup sparkq runner --watch &) it outlives the one it was started from.`,
  ownsSignals: true,
  run: async context => {
    leaveTask(context.env)
    const mode = whichMode(context)
    const { api, project, remote } = await context.connect()
    const { queue } = context.options
    if (queue === undefined) throw await missingQueue(api)
    const signal = endOnSignals()
    const { left } = await runLane({
      api,
      queue,
      mode,
      report: createRunnerView(context.terminal),
      signal,
      env: context.env,
      root: project.root,
      logs: project.logs,
      configFile: project.configFile,
      config: project.config,
      workerId: context.options.worker,
      remote,
    })
    return signal.aborted || left ? interrupted : 0
  },
})

function whichMode({ options: typed }: Context<Record<never, never>, typeof options>): RunnerMode {
  const asked = runnerModes.filter(mode => typed[mode])
  if (asked.length > 1)
    throw invalid(`Either --${asked.join(' or --')}, not both.`, { hint: 'sparkq runner --help' })
  return asked[0] ?? 'run'
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
