import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { self } from '../processes/identity.ts'
import type { RunnerEvent } from '../runner/report.ts'
import type { LaneName, ProcessEnd } from './report.ts'

/** A runner in a process of its own. */
export type RunnerProcess = {
  pid: number
  /** Never rejects. */
  ended: Promise<ProcessEnd>
  /** Asks it to go, which leaves its task running; what does not go is killed. */
  stop(): void
}

export type StartRunner = (lane: LaneName, onEvent: (event: RunnerEvent) => void) => RunnerProcess

/** How long a runner may take to go. */
const goLimitMs = 15_000

/** Tells a runner who supervises it, as an identity in JSON; see `connectToSupervisor`. */
export const supervisedVariable = 'SPARKQ_SUPERVISED'

/**
 * Starts `sparkq runner --watch` for a lane. It leads a process group of its own, so that a Ctrl-C reaches the
 * supervisor alone, and tells its events over Node's channel. What it writes (a crash of Node) goes to `log`.
 * @param script the program that this process runs
 */
export function createStartRunner({
  script,
  cwd,
  env,
  log,
}: {
  script: string
  cwd: string
  env: NodeJS.ProcessEnv
  log: string
}): StartRunner {
  return (lane, onEvent) => {
    const output = fs.openSync(log, 'a', 0o600)
    const child = spawn(
      process.execPath,
      [...process.execArgv, script, 'runner', `--queue=${lane.id}`, '--watch'],
      {
        cwd,
        env: { ...env, [supervisedVariable]: JSON.stringify(self()) },
        detached: true,
        stdio: ['ignore', 'ignore', output, 'ipc'],
      },
    )
    fs.closeSync(output)
    child.on('message', message => onEvent(message as RunnerEvent))
    let killer: NodeJS.Timeout | undefined
    const ended = new Promise<ProcessEnd>(resolve => {
      // "close" comes after what it told last.
      child.once('close', (code, signal) => resolve({ code, signal }))
      child.once('error', () => child.pid === undefined && resolve({ code: null, signal: null }))
    })
    void ended.then(() => clearTimeout(killer))
    return {
      pid: child.pid ?? 0,
      ended,
      stop: () => {
        child.kill('SIGTERM')
        killer ??= setTimeout(() => child.kill('SIGKILL'), goLimitMs)
      },
    }
  }
}
