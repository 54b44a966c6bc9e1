import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Project, readProject } from '../src/config.ts'
import { openCore } from '../src/connect.ts'
import type { Core } from '../src/core/core.ts'
import { addHistory } from './history.ts'

/** The one lane that everything is measured in. */
export const lane = 'bench'

/** A project to measure in. */
export type Ground = { project: Project; core: Core; env: NodeJS.ProcessEnv }

/** `empty` begins without tasks, `full` with a hundred thousand finished ones in the lane that is measured. */
export type Grounds = {
  folder: string
  empty: Ground
  full: Ground
  /** One more, as empty as `empty`. */
  make(name: string): Promise<Ground>
  start: typeof start
  close(): Promise<void>
}

export const historySize = 100_000

const sparkqJs = path.join(path.dirname(import.meta.dirname), 'bin/sparkq.js')
const running = new Set<ChildProcess>()

export async function makeGrounds(parent: string): Promise<Grounds> {
  const folder = fs.mkdtempSync(path.join(parent, 'sparkq-bench-'))
  process.once('exit', () => remove(folder))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
  const made: Ground[] = []
  const make = async (name: string): Promise<Ground> => {
    const ground = await makeGround(path.join(folder, name))
    made.push(ground)
    return ground
  }
  const empty = await make('empty')
  const full = await make('full')
  addHistory(full.project.database, lane, historySize)
  return {
    folder,
    empty,
    full,
    make,
    start,
    close: async () => {
      for (const child of running) await stop(child)
      for (const ground of made) ground.core.close()
    },
  }
}

/** The command line of a `sparkq` process: the built one, as users run it. */
export const sparkq = (...words: string[]): string[] => [sparkqJs, ...words]

/** Where to measure unless told otherwise: /tmp is memory on many machines, and a sync costs nothing there. */
export function usualParent(): string {
  if (process.env.TMPDIR) return process.env.TMPDIR
  return fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir()
}

/** Starts a process of this Node, which ends with the benchmark at the latest. `silent`: also on stderr. */
function start(
  { project, env }: Ground,
  words: string[],
  stdio: 'ignore' | 'ipc' | 'silent' = 'ignore',
): ChildProcess {
  const child = spawn(process.execPath, words, {
    cwd: project.root,
    env,
    stdio: [
      'ignore',
      'ignore',
      stdio === 'silent' ? 'ignore' : 'inherit',
      ...(stdio === 'ipc' ? (['ipc'] as const) : []),
    ],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill()
  await ended
}

async function makeGround(root: string): Promise<Ground> {
  fs.mkdirSync(root)
  const configFile = path.join(root, 'sparkq.yml')
  fs.writeFileSync(configFile, 'project:\n  name: bench\nnotify:\n  desktop: false\n')
  const project = readProject(configFile)
  const core = openCore(project, 'bench')
  await core.createSession({ name: lane })
  await core.createQueue({ session_id: lane, name: lane })
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SPARKQ_'))
  return { project, core, env: { ...Object.fromEntries(own), SPARKQ_RUNNER_LOCK_DIR: root } }
}

function remove(folder: string): void {
  for (const child of running) child.kill('SIGKILL')
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
