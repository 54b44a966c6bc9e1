import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ProcessIdentity } from '../../src/contract/attempts.ts'
import { identify, self } from '../../src/processes/identity.ts'
import { hasMark, listProcesses } from '../../src/processes/table.ts'

/** `group`: the task's, once there is one. */
export type Scene = { dir: string; mark: string; group?: number }
export type Task = Scene & { tree: { mark: string; wrapper: ProcessIdentity; leader: ProcessIdentity } }

export const fixture = (name: string) => join(import.meta.dirname, '../fixtures/processes', name)

/** A directory that goes with the test, and a mark of which no process is left after it. */
export function scene(t: TestContext): Scene {
  const scene: Scene = { dir: mkdtempSync(join(tmpdir(), 'sparkq-processes-')), mark: randomUUID() }
  t.after(async () => {
    await until('every process of the test is gone', () => {
      const left = remains(scene)
      for (const { pid } of left) kill(pid)
      return left.length === 0
    })
    rmSync(scene.dir, { recursive: true, force: true })
  })
  return scene
}

/** What lives of a test, found without the code under test; its wrapper included. */
export const remains = ({ mark, group }: Scene) =>
  listProcesses().filter(({ pid, pgid }) => pgid === group || hasMark(pid, mark))

/** A process that leads a session of its own; it ends with the test. */
export function start(
  t: TestContext,
  command: string[],
  env: NodeJS.ProcessEnv = {},
  uid?: number,
): ProcessIdentity {
  const [file = '', ...args] = command
  const child = spawn(file, args, { detached: true, stdio: 'ignore', env: { ...process.env, ...env }, uid })
  const ended = new Promise(resolve => child.once('exit', resolve))
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  if (child.pid === undefined) throw new Error(`${file} did not start`)
  return identify(child.pid) ?? gone(child.pid)
}

// On a busy machine a short process may end before anybody can look at it.
const gone = (pid: number): ProcessIdentity => ({ ...self(), pid, start_time: 'gone' })

/** The fixture as a task under a wrapper, ready. `leader` is null if it has ended by then. */
export async function startTask(t: TestContext, name: string, place = scene(t)): Promise<Task> {
  const { dir, mark } = place
  const wrapper = start(t, ['bash', fixture('wrapper.sh'), dir, 'bash', fixture(name)], {
    DIR: dir,
    SPARKQ_MARK: mark,
  })
  const leader = Number(await until('the leader is known', () => read(join(dir, 'leader'))))
  place.group = leader
  await until('the task is ready', () => existsSync(join(dir, 'ready')))
  return { ...place, tree: { mark, wrapper, leader: identify(leader) ?? gone(leader) } }
}

export const exitOf = ({ dir }: Scene): Promise<string> =>
  until('the wrapper has recorded the exit', () => read(join(dir, 'exit')))

/** Polls until there is something; a machine that is merely slow gets the time it needs. */
export async function until<T>(what: string, look: () => T | undefined | null | false, limitMs = 30_000) {
  const deadline = performance.now() + limitMs
  for (;;) {
    const value = look()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

export const read = (path: string): string | null =>
  existsSync(path) ? readFileSync(path, 'utf8').trim() : null

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself
  }
}
