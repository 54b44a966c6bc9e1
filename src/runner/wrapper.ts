import { spawn } from 'node:child_process'
import fs from 'node:fs'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { identify, self } from '../processes/identity.ts'
import type { Command } from './command.ts'

/**
 * The few lines of shell between a runner and its task. They outlive the runner and record how the task ended, so that
 * whoever comes next knows it.
 *
 * - `set -m` gives the task a process group of its own: a TERM or `kill -9 0` meant for the task spares the recorder.
 * - The record is appended to the status file (fd 3, closed for the task): `pid N`, then `exit N`. What the shell itself
 *   has to say of the task's end goes there before the exit: that tells a signal from an exit code above 128.
 * - `wait` returns when a task is merely stopped (SIGSTOP), too: then the task is looked for until it is gone, and asked
 *   for again. (Not `wait -f`: bash 5.2 loops for ever in it when the task ends at the wrong moment.)
 * - The exit must get onto a full disk as well: the status file has its first block before the task starts, which is all
 *   that it needs on most file systems; where it is not, the recorder tries until there is room.
 */
const script = `
set -m
exec 3>>"$1" 4>&2 2>&3
shift
"$@" 2>&4 3>&- 4>&- &
pid=$!
echo "pid $pid" >&3 2>/dev/null
wait "$pid"
code=$?
while kill -0 "$pid" 2>/dev/null; do
  sleep 0.2
  code=
done
[ -n "$code" ] || { wait "$pid"; code=$?; }
until echo "exit $code" 2>/dev/null >&3; do sleep 1; done
`

/** What the recorder is called among the processes. */
export const recorderName = 'sparkq-task'

/** `exited`: the recorder's end. `letGo`: this process may end before it. */
export type Started = { wrapper: ProcessIdentity; exited: Promise<void>; letGo: () => void }

/**
 * Starts a task: detached, stdin empty or the prompt as an opened file, both outputs appended to the attempt's files.
 * @throws what `spawn` says: E2BIG, EAGAIN, ENOENT; what the file system says: ENOSPC
 */
export async function startWrapped(
  { argv, cwd, stdin }: Command,
  env: Record<string, string | undefined>,
  files: AttemptFiles,
): Promise<Started> {
  fs.appendFileSync(files.status, '\n', { mode: 0o600 })
  const input = stdin === undefined ? 'ignore' : openInput(files.prompt, stdin)
  const stdout = fs.openSync(files.stdout, 'a', 0o600)
  const stderr = fs.openSync(files.stderr, 'a', 0o600)
  try {
    // -p: neither BASH_ENV nor exported functions or options get a say in the recorder; the task still inherits them.
    const child = spawn('bash', ['-p', '-c', script, recorderName, files.status, ...argv], {
      cwd,
      env,
      detached: true,
      stdio: [input, stdout, stderr],
    })
    const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    const pid = child.pid as number
    return {
      wrapper: identify(pid) ?? { ...self(), pid, start_time: 'ended' },
      exited,
      letGo: () => child.unref(),
    }
  } finally {
    if (input !== 'ignore') fs.closeSync(input)
    fs.closeSync(stdout)
    fs.closeSync(stderr)
  }
}

/** A file, not a pipe: the task must not notice that its runner died. */
function openInput(file: string, text: string): number {
  fs.writeFileSync(file, text, { mode: 0o600 })
  return fs.openSync(file, 'r')
}
