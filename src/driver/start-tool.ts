import { spawn } from 'node:child_process'
import fs from 'node:fs'
import type { Exit } from './plan.ts'

/** What the driver starts: in its own group, with its own outputs, which are the attempt's files. */
export type Start = {
  argv: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
  /** A file that it reads on stdin. */
  input?: string | undefined
  /** Its stdout is the attempt's stderr as well. */
  aside?: boolean
}

/**
 * Starts a program. @returns its end, once it has started
 * @throws what `spawn` says: ENOENT, E2BIG, EACCES
 */
export async function startTool({ argv, cwd, env, input, aside }: Start): Promise<{ ended: Promise<Exit> }> {
  const [program, ...args] = argv as [string, ...string[]]
  const stdin = input === undefined ? 'ignore' : fs.openSync(input, 'r')
  try {
    const child = spawn(program, args, { cwd, env, stdio: [stdin, aside ? 2 : 1, 2] })
    const ended = new Promise<Exit>(resolve =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    )
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    child.on('error', () => {})
    return { ended }
  } finally {
    if (stdin !== 'ignore') fs.closeSync(stdin)
  }
}

/** `spawn` says that a program is missing and that its folder is in the same words. */
export function whyNotStarted(error: unknown, { argv, cwd }: Pick<Start, 'argv' | 'cwd'>): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'E2BIG') return 'its arguments and environment are too large for the system.'
  if (code !== 'ENOENT') return `${message}.`
  if (!fs.existsSync(cwd)) return `the folder ${cwd} to run in does not exist.`
  return `the program ${argv[0]} is not on the PATH of its runner.`
}
