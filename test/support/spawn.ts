import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Cleaner } from './folder.ts'

export type SpawnedNode = {
  child: ChildProcess
  pid: number
  /** What it wrote to stdout so far, by lines. */
  lines: string[]
  say(line: string): void
  kill(signal: NodeJS.Signals): void
  /** How it ended; rejects with its stderr unless it exited with 0 or by a signal that `kill` sent. */
  ended: Promise<void>
}

const root = path.dirname(path.dirname(import.meta.dirname))

/**
 * A Node process that runs a file of `test/` with arguments. A test that ends while it still runs has leaked it: it is
 * killed, and the test fails.
 */
export function spawnNode(
  t: Cleaner,
  file: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): SpawnedNode {
  const child = spawn(process.execPath, [path.join(root, 'test', file), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', line => lines.push(line))
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  let sent: NodeJS.Signals | undefined
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0 || (signal !== null && signal === sent)) resolve()
      else reject(new Error(`${file} ended with ${code ?? signal}: ${stderr}`))
    })
  })
  ended.catch(() => {})
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await ended.catch(() => {})
    throw new Error(`leaked process ${child.pid}: ${file} ${args.join(' ')}`)
  })
  return {
    child,
    pid: child.pid as number,
    lines,
    say: line => child.stdin.write(`${line}\n`),
    kill: signal => {
      sent = signal
      child.kill(signal)
    },
    ended,
  }
}
