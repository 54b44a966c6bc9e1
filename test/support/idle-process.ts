import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ProcessIdentity } from '../../src/contract/attempts.ts'
import { identify } from '../../src/processes/identity.ts'
import type { Cleaner } from './folder.ts'

export type IdleProcess = { process: ProcessIdentity; kill(): Promise<void> }

/** A process that does nothing until it is killed, or the test ends. */
export function startIdle(t: Cleaner): IdleProcess {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  t.after(kill)
  return { process: identify(child.pid as number) as ProcessIdentity, kill }
}
