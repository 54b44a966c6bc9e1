import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { type Project, readProject } from '../src/config.ts'
import { openCore } from '../src/connect.ts'
import { setUpProject } from '../test/cli/set-up.ts'
import { makeTempFolder, writeFiles } from '../test/support/folder.ts'
import { lanes } from './plan.ts'
import { findPrey, findRunners, tryKill } from './prey.ts'

/** The project that lives through the rounds, and how its processes are started. */
export type Site = {
  base: string
  project: Project
  journal: string
  locks: string
  /** Starts `sparkq WORDS` in the project. */
  sparkq(words: string[]): Spawned
  /** Kills what is left of it, where a round ended in the middle. */
  end(): void
}

export type Spawned = {
  words: string[]
  child: ChildProcess
  pid: number
  said: { stdout: string; stderr: string }
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const root = path.dirname(import.meta.dirname)
const config = `server: {port: 0, host: 127.0.0.1}
queue_runner: {poll_interval: 1}
limits: {stop_grace: 0.3, retry_delay: 0.05, warn_factor: 0.3, fail_factor: 0.6}
`

export async function makeSite(): Promise<Site> {
  const base = makeTempFolder()
  const folder = path.join(base, 'project')
  const locks = path.join(base, 'locks')
  for (const name of ['project', 'locks', 'home', 'tmp']) fs.mkdirSync(path.join(base, name))
  writeFiles(folder, { 'sparkq.yml': config })
  fs.cpSync(path.join(import.meta.dirname, 'task.sh'), path.join(folder, 'task.sh'))
  await setUpProject(folder, { name: 'chaos' })
  const project = readProject(path.join(folder, 'sparkq.yml'))
  const core = openCore(project, 'chaos')
  await core.createSession({ name: 'chaos' })
  for (const name of lanes) {
    const settings = { default_tool: 'run-bash', on_lost: name }
    await core.createQueue({ session_id: 'chaos', name, settings })
  }
  core.close()
  const env = {
    ...{ PATH: process.env.PATH, HOME: path.join(base, 'home'), TMPDIR: path.join(base, 'tmp') },
    ...{ SPARKQ_RUNNER_LOCK_DIR: locks, LANG: 'C.UTF-8' },
  }
  const running = new Set<ChildProcess>()
  const sparkq = (words: string[]): Spawned => {
    const spawned = start(folder, env, words)
    running.add(spawned.child)
    spawned.child.once('close', () => running.delete(spawned.child))
    return spawned
  }
  const end = (): void => {
    for (const child of running) child.kill('SIGKILL')
    for (const pid of findRunners(project)) tryKill(pid)
    for (const { pid } of findPrey(project)) tryKill(pid)
  }
  return { base, project, journal: path.join(base, 'journal'), locks, sparkq, end }
}

function start(cwd: string, env: NodeJS.ProcessEnv, words: string[]): Spawned {
  const child = spawn(process.execPath, [path.join(root, 'bin/sparkq.js'), ...words], {
    ...{ cwd, env, stdio: ['ignore', 'pipe', 'pipe'] },
  }) as ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream }
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', text => {
    said.stdout += text
  })
  child.stderr.on('data', text => {
    said.stderr += text
  })
  const ended: Spawned['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return { words, child, pid: child.pid as number, said, ended }
}
