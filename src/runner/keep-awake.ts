import { type ChildProcess, spawn } from 'node:child_process'
import type { Task } from '../contract/tasks.ts'
import { findProgram } from '../processes/find-program.ts'
import { withoutTask } from '../processes/scrub.ts'

/** Between the tasks of a lane it is not let go at once: a lane of short ones would begin and end it for each. */
const letGoMs = 3000
/** No machine falls asleep sooner than this, and the program costs as much as several short tasks. */
const beginMs = 1000
const keptComplaint = 2000

export type KeepAwake = {
  /** Says what runs now, if anything does. Waits for nothing. It begins when there is work for a while. */
  hold(task: Task | undefined): void
  stop(): void
}

export type KeepAwakeOptions = {
  /** `queue_runner.keep_awake` */
  wanted: boolean
  env: NodeJS.ProcessEnv
  warn(sentence: string): void
  platform?: NodeJS.Platform
  letGoAfterMs?: number
  beginAfterMs?: number
}

/**
 * Keeps the machine from sleeping while a task runs: by a program of the system, which holds on for as long as it lives
 * itself and ends with this process, however that ends.
 *
 * Where there is no such program, or the system has nothing that it could speak to (a container), that is nobody's
 * trouble: such a machine does not fall asleep. Only where the system knows of it and refuses is the person told, once;
 * it is not asked again. Nor is it when somebody has ended the program: they will have had a reason.
 */
export function createKeepAwake(options: KeepAwakeOptions): KeepAwake {
  const { wanted, warn, letGoAfterMs = letGoMs, beginAfterMs = beginMs } = options
  let holding: ChildProcess | undefined
  let givenUp = !wanted
  let beginTimer: NodeJS.Timeout | undefined
  let letGoTimer: NodeJS.Timeout | undefined

  const letGo = (): void => {
    clearTimeout(letGoTimer)
    clearTimeout(beginTimer)
    beginTimer = undefined
    const child = holding
    holding = undefined
    if (child) release(child)
  }
  const begin = (task: Task): void => {
    beginTimer = undefined
    const child = start(task, options)
    if (!child) {
      givenUp = true
      return
    }
    holding = child
    const complaint = listen(child)
    child.once('error', () => {
      givenUp = true
    })
    child.once('close', () => {
      if (holding !== child) return
      holding = undefined
      givenUp = true
      const words = complaint()
      if (isRefusal(words)) warn(`This machine may fall asleep while tasks run: ${words}`)
    })
  }
  return {
    hold: task => {
      clearTimeout(letGoTimer)
      if (givenUp) return
      if (task && !holding) beginTimer ??= setTimeout(begin, beginAfterMs, task).unref()
      if (!task) letGoTimer = setTimeout(letGo, letGoAfterMs).unref()
    },
    stop: letGo,
  }
}

/** In a session of its own and outside of any task: no Ctrl-C and no stop of a task reaches it. */
function start(task: Task, { env, platform = process.platform }: KeepAwakeOptions): ChildProcess | undefined {
  const argv = platform === 'darwin' ? caffeinate(env) : systemdInhibit(task, env)
  if (!argv) return undefined
  const [file, ...args] = argv
  try {
    const child = spawn(file, args, {
      env: { ...withoutTask(env), LC_ALL: 'C' },
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    child.stdin?.on('error', () => {})
    // None of it keeps this process from ending.
    child.unref()
    for (const stream of [child.stdin, child.stderr]) (stream as { unref?(): void } | null)?.unref?.()
    return child
  } catch {
    return undefined
  }
}

type Argv = [string, ...string[]]

/** `cat` ends when its stdin does: with this process, as nobody else has the other end of that pipe. */
function systemdInhibit({ friendly_id, queue }: Task, env: NodeJS.ProcessEnv): Argv | undefined {
  const program = findProgram('systemd-inhibit', env)
  const why = `--why=${friendly_id} runs, and what comes after it in ${queue.name}`
  if (program === undefined) return undefined
  return [program, '--what=idle:sleep', '--mode=block', '--who=SparkQ', why, 'cat']
}

function caffeinate(env: NodeJS.ProcessEnv): Argv | undefined {
  const program = findProgram('caffeinate', env)
  return program === undefined ? undefined : [program, '-i', '-w', String(process.pid)]
}

/** Only caffeinate, which has no child and reads no stdin, needs more than the end of its stdin. */
function release(child: ChildProcess): void {
  child.stdin?.end()
  if (child.spawnfile.endsWith('caffeinate')) child.kill()
}

function listen(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', more => {
    text = (text + more).slice(0, keptComplaint)
  })
  return () => text.replace(/[\p{C}\s]+/gu, ' ').trim()
}

/** What polkit says to who works with no session of their own, as a service without a login does. */
const isRefusal = (words: string): boolean => /denied|authenti|not authori|not permitted/i.test(words)
