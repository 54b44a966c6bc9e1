import { type ChildProcess, type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { killLeftovers } from './leftovers.ts'

const demo = import.meta.dirname
export const checkout = path.dirname(demo)

export type Answer = { code: number | null; stdout: string; stderr: string }
export type Piped = ChildProcessByStdio<null, Readable, Readable>

/** The temporary project that the demo plays in, and the real CLI in it. */
export type Place = ReturnType<typeof makePlace>

/** Makes the folder, with the demo's scripts in it; nothing that runs in it has its home or temporary files elsewhere. */
export function makePlace() {
  // Whatever calls itself python3 here may be a shim that looks for its versions in $HOME, which is another one in there.
  const python = findPython()
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sparkq-demo-')))
  const at = (name: string) => path.join(folder, name)
  for (const name of ['home', 'tmp', 'bin']) fs.mkdirSync(at(name), { mode: 0o700 })
  for (const name of ['scripts', 'lanes']) fs.cpSync(path.join(demo, name), at(name), { recursive: true })
  fs.symlinkSync(python, at('bin/python3'))

  const env = environment(at)
  const running = new Set<ChildProcess>()
  const start = <T extends ChildProcess>(child: T): T => {
    running.add(child)
    child.once('close', () => running.delete(child))
    return child
  }
  const command = (words: string[]) => [path.join(checkout, 'bin/sparkq.js'), ...words]

  return {
    folder,
    configFile: at('sparkq.yml'),
    at,

    /** Starts `sparkq WORDS` with its output in pipes. Ctrl-C is for us alone: we end it. */
    spawn: (words: string[]): Piped =>
      start(
        spawn(process.execPath, command(words), {
          cwd: folder,
          env,
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      ),

    /** Runs `sparkq WORDS`. @throws when it ends with anything but 0 */
    async sparkq(words: string[]): Promise<Answer> {
      const answer = await collect(this.spawn(words))
      if (answer.code === 0) return answer
      throw new Error(`sparkq ${words.join(' ')} ended with ${answer.code}:\n${answer.stderr}`)
    },

    /** Runs `sparkq WORDS` for the person to read, with all that it says in one place. */
    async show(words: string[]): Promise<void> {
      const child = spawn(process.execPath, command(words), {
        cwd: folder,
        env,
        stdio: ['ignore', 1, 1],
      })
      await ended(start(child))
    },

    /** Ends whatever still runs, at once. */
    stop(): void {
      for (const child of running) child.kill('SIGKILL')
      killLeftovers(at('sparkq.yml'))
    },

    remove: (): void => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** The interpreter itself. @throws in a sentence, where there is none */
function findPython(): string {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    throw new Error('The demo runs Python scripts, and there is no python3 that works on this machine.')
  }
}

function environment(at: (name: string) => string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SPARKQ_'))
  return {
    ...Object.fromEntries(own),
    PATH: `${at('bin')}${path.delimiter}${process.env.PATH}`,
    HOME: at('home'),
    TMPDIR: at('tmp'),
    SPARKQ_RUNNER_LOCK_DIR: at('tmp'),
  }
}

async function collect(child: Piped): Promise<Answer> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  return { code: await ended(child), stdout, stderr }
}

/** @returns its exit code; null when a signal ended it */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code))
  })
}
