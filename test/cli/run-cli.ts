import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { readProject } from '../../src/config.ts'
import { openCore } from '../../src/connect.ts'
import type { Api } from '../../src/contract/api.ts'
import type { Core } from '../../src/core/core.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { setUpProject } from './set-up.ts'

type Cleaner = { after(clean: () => void | Promise<void>): void }

export type Result = { stdout: string; stderr: string; code: number | null; signal: NodeJS.Signals | null }
export type Running = {
  child: ChildProcess
  /** What it wrote so far. */
  seen: { stdout: string; stderr: string }
  ended: Promise<Result>
}
export type RunOptions = { input?: string | Buffer; env?: NodeJS.ProcessEnv; in?: string }

export type Site = {
  /** The project's folder. */
  folder: string
  env: NodeJS.ProcessEnv
  /** Runs `sparkq ARGS` in the folder and waits for its end. */
  sparkq(args: string[], options?: RunOptions): Promise<Result>
  start(args: string[], options?: RunOptions): Running
  /** The database, for arranging and for looking; closed when the test ends. */
  core: Core
}

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')
/** Compiling is most of what an unbundled start takes. */
const compileCache = path.join(import.meta.dirname, '../../node_modules/.cache/compiled')

/** A folder with nothing in it but what `files` says, and a way to run the command line there. */
export function emptySite(
  t: Cleaner,
  files: Record<string, string> = {},
  base = tempFolder(t),
): Omit<Site, 'core'> {
  const folder = path.join(base, 'project')
  for (const name of ['project', 'home', 'tmp', 'locks']) fs.mkdirSync(path.join(base, name))
  writeFiles(folder, files)
  const env = {
    PATH: process.env.PATH,
    HOME: path.join(base, 'home'),
    TMPDIR: path.join(base, 'tmp'),
    SPARKQ_RUNNER_LOCK_DIR: path.join(base, 'locks'),
    LANG: 'C.UTF-8',
    NODE_COMPILE_CACHE: compileCache,
  }
  const start: Site['start'] = (args, options = {}) =>
    run(t, args, { ...options, folder, env: { ...env, ...options.env } })
  return { folder, env, start, sparkq: (args, options) => start(args, options).ended }
}

/** The same, set up: with a session and a queue "default". */
export async function site(t: Cleaner, files: Record<string, string> = {}, base?: string): Promise<Site> {
  const empty = emptySite(t, files, base)
  await setUpProject(empty.folder, { name: 'test' })
  const core = openCore(readProject(path.join(empty.folder, 'sparkq.yml')), 'test')
  t.after(() => core.close())
  return { ...empty, core }
}

/** Everything that a command could have changed. */
export async function snapshot(api: Api): Promise<unknown> {
  const [sessions, queues, tasks, events] = await Promise.all([
    api.listSessions(),
    api.listQueues({ archived: true }),
    api.listTasks(),
    api.listEvents({ limit: 1 }),
  ])
  return { sessions, queues, tasks, events }
}

function run(
  t: Cleaner,
  args: string[],
  { folder, env, input, in: within = '.' }: { folder: string; env: NodeJS.ProcessEnv } & RunOptions,
): Running {
  const child = spawn(process.execPath, [door, ...args], {
    cwd: path.resolve(folder, within),
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const seen = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', text => {
    seen.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    seen.stderr += text
  })
  // A command that does not read its stdin closes it early.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<Result>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ ...seen, code, signal }))
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await ended
    throw new Error(`leaked process: sparkq ${args.join(' ')}`)
  })
  return { child, seen, ended }
}
