import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Project } from '../config.ts'
import { SparkqError, unusable } from '../contract/errors.ts'
import type { Lanes } from '../contract/supervision.ts'
import { logFilePath } from '../log.ts'
import { whySilent } from './client.ts'
import { type Asked, findServer, type Holder } from './lock.ts'
import type { News } from './parent.ts'
import { serverLockPath } from './places.ts'

/** `began`: this call started it; otherwise it was there, or somebody else was quicker. */
export type Started = { holder: Holder & { address: string }; began: boolean }

const noLanes: Lanes = { all: false, sessions: [], queues: [] }

const limitMs = 30_000
const lookMs = 20
/** How often a start begins anew because a server that was there, or about to be, ended meanwhile. */
const rounds = 5
const lastWords = 2000

/**
 * Starts the project's server in a process of its own, which outlives this one, and waits until it answers.
 * @throws unusable with what the server said when it does not come up
 */
export async function startServer(
  project: Project,
  asked: Asked,
  env: NodeJS.ProcessEnv,
  lanes: Lanes = noLanes,
): Promise<Started> {
  const lockFile = serverLockPath(project)
  for (let round = 0; round < rounds; round++) {
    const running = await waitForHolder(lockFile)
    if (running) return { holder: running, began: false }
    const news = await spawnServer(project, asked, env, lanes)
    if (news.type === 'sparkq_failed') {
      // Two starts at once: the other one has the lock, or had it.
      if (news.code === 'conflict') continue
      throw unusable(news.message, news.hint)
    }
    const silent = await whySilent(news.address)
    if (silent) throw unusable(`The server has started, but cannot be reached. ${silent}`, 'sparkq status')
    const holder = await waitForHolder(lockFile)
    if (holder) return { holder, began: true }
  }
  throw unusable('The server does not stay up.', `tail ${logFilePath(project.logs)}`)
}

/** The server that holds the lock, once it answers; undefined when there is none, or when it ends before that. */
async function waitForHolder(lockFile: string): Promise<Started['holder'] | undefined> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const holder = findServer(lockFile)
    if (!holder) return undefined
    const { address } = holder
    if (address !== null) return { ...holder, address }
    if (performance.now() > deadline) {
      const { pid } = holder.process
      throw unusable(`A server (process ${pid}) has been about to start for too long.`, 'sparkq stop')
    }
    await new Promise(resolve => setTimeout(resolve, lookMs))
  }
}

/** Runs `sparkq run` without a terminal; what it writes beside its log lines (a crash of Node) goes to the log as well. */
async function spawnServer(
  { configFile, logs }: Project,
  { host, port }: Asked,
  env: NodeJS.ProcessEnv,
  lanes: Lanes,
): Promise<News> {
  const log = logFilePath(logs)
  const output = openLog(log)
  const written = fs.fstatSync(output).size
  const options = [
    ...(host === null ? [] : [`--host=${host}`]),
    ...(port === null ? [] : [`--port=${port}`]),
    ...(lanes.all ? ['--all'] : []),
    ...(lanes.asBefore ? ['--as-before'] : []),
    ...lanes.sessions.map(id => `--session=${id}`),
    ...lanes.queues.map(id => `--queue=${id}`),
  ]
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, 'run', ...options], {
    cwd: path.dirname(configFile),
    env: { ...env, SPARKQ_CONFIG: configFile },
    detached: true,
    stdio: ['ignore', 'ignore', output, 'ipc'],
  })
  fs.closeSync(output)
  try {
    return await hear(child, () => tail(log, written))
  } finally {
    if (child.connected) child.disconnect()
    child.unref()
  }
}

function openLog(log: string): number {
  try {
    fs.mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 })
    return fs.openSync(log, 'a', 0o600)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`${log} cannot be written (${code}).`, `ls -ld ${path.dirname(log)}`, error)
  }
}

function hear(child: ChildProcess, lastWordsOf: () => string): Promise<News> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(unusable(`The server did not start within ${limitMs / 1000} s.`, undefined))
    }, limitMs)
    child.once('message', news => {
      clearTimeout(late)
      resolve(news as News)
    })
    child.once('error', error => {
      clearTimeout(late)
      reject(unusable(`The server could not be started: ${error.message}.`, undefined, error))
    })
    // After its exit, what it said before may still be on its way.
    child.once('close', (code, signal) => {
      clearTimeout(late)
      const words = lastWordsOf()
      const how = signal ? `by ${signal}` : `with ${code}`
      reject(
        new SparkqError('unusable', `The server ended ${how} before it answered.`, {
          hint: words || undefined,
        }),
      )
    })
  })
}

/** What the file has got since it had `from` bytes. */
function tail(file: string, from: number): string {
  try {
    return fs.readFileSync(file).subarray(from).toString('utf8').trim().slice(-lastWords)
  } catch {
    return ''
  }
}
