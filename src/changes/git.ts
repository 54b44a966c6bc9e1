import { spawn } from 'node:child_process'

/** Git could not be asked: `missing` it is not installed, `late` it took too long, `failed` it said so. */
export class GitTrouble extends Error {
  override name = 'GitTrouble'
  readonly kind: 'missing' | 'late' | 'failed'
  readonly code: number | null
  constructor(kind: GitTrouble['kind'], message: string, code: number | null = null) {
    super(message)
    this.kind = kind
    this.code = code
  }
}

/** What a program of git's printed. `code` is never null: one that a signal ended is trouble. */
export type GitAnswer = { code: number; stdout: Buffer; stderr: string }

/**
 * How git is asked: where, with what added to the environment, until when at the latest (by `performance.now()`).
 *
 * @property settings further `-c`, as `name=value`
 * @property input    what it reads on stdin
 * @property onData   takes what it prints; `stdout` of the answer is then empty
 * @property codes    which exit codes are no failure; default: 0 alone
 */
export type GitCall = {
  cwd: string
  env?: Record<string, string> | undefined
  deadline: number
  settings?: readonly string[] | undefined
  input?: string | Buffer | undefined
  onData?: ((bytes: Buffer) => void) | undefined
  codes?: readonly number[] | undefined
}

/**
 * Nothing of the user's may run: no hook, no monitor of files, no repair in the background. And nothing is left: an index
 * that is split keeps its larger half in `.git`.
 */
const quiet = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.quotePath=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.addEmbeddedRepo=false',
  'submodule.recurse=false',
]

const longestComplaint = 10_000

/**
 * Runs git and waits for its end.
 * @throws GitTrouble
 */
export function git(args: readonly string[], call: GitCall): Promise<GitAnswer> {
  const { cwd, deadline, settings = [], input, codes = [0] } = call
  const flags = [...quiet, ...settings].flatMap(it => ['-c', it])
  const leftMs = deadline - performance.now()
  if (leftMs <= 0) return Promise.reject(late(args))
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...flags, ...args], {
      cwd,
      env: gitEnvironment(call.env),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: Math.ceil(leftMs),
      killSignal: 'SIGKILL',
    })
    const chunks: Buffer[] = []
    let stderr = ''
    child.stdout?.on('data', call.onData ?? (bytes => chunks.push(bytes)))
    child.stderr?.on('data', bytes => {
      stderr = (stderr + bytes).slice(-longestComplaint)
    })
    // It may end before it has read all.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    child.once('error', error => {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      reject(new GitTrouble(isMissing ? 'missing' : 'failed', error.message))
    })
    child.once('close', (code, signal) => {
      if (code !== null && codes.includes(code))
        return resolve({ code, stdout: Buffer.concat(chunks), stderr })
      if (code === null && performance.now() >= deadline) return reject(late(args))
      reject(new GitTrouble('failed', complaint(args, stderr, code ?? signal), code))
    })
  })
}

const late = (args: readonly string[]) => new GitTrouble('late', `git ${args[0]} took too long`)

function complaint(args: readonly string[], stderr: string, ended: unknown): string {
  const lines = stderr.trim().split('\n')
  const said = lines.find(line => /^(fatal|error): /.test(line)) ?? lines[0] ?? ''
  return said.replace(/^(fatal|error): /, '') || `git ${args[0]} ended with ${ended}`
}

/** Without what git's own variables (a hook that started us, `git rebase --exec`) say of another place. */
function gitEnvironment(added: Record<string, string> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_EDITOR: 'true',
    ...added,
  }
}
