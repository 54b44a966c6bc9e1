import fs from 'node:fs'
import type { Project } from '../src/config.ts'
import { eachProcess, findProcess, type ProcessRow } from '../src/processes/table.ts'
import { recorderName } from '../src/runner/wrapper.ts'

/** A process of an attempt, found by what it bears in its environment. */
export type Prey = { pid: number; attempt: string; role: 'recorder' | 'task' | 'child'; command: string }

/** Everything on this machine that the project's attempts have started and that is still there. */
export function findPrey({ configFile }: Pick<Project, 'configFile'>): Prey[] {
  const found: Prey[] = []
  for (const row of eachProcess()) {
    const { pid, command, state } = row
    if (state.startsWith('Z')) continue
    const environment = environmentOf(pid)
    if (environment?.get('SPARKQ_PROJECT_CONFIG') !== configFile) continue
    if (!environment.has('SPARKQ_MARK')) continue
    const attempt = `${environment.get('SPARKQ_TASK_ID')}/${environment.get('SPARKQ_ATTEMPT')}`
    found.push({ pid, attempt, role: roleOf(row), command })
  }
  return found
}

/**
 * The runners that a supervisor of the project has started, whether or not it still lives. A child of one that is about
 * to become a recorder looks like it for a moment.
 */
export function findRunners({ configFile }: Pick<Project, 'configFile'>): number[] {
  const isRunner = (row: ProcessRow | null) => / runner --queue=\S+ --watch$/.test(row?.command ?? '')
  const rows = [...eachProcess()].filter(isRunner)
  const pids = new Set(rows.map(it => it.pid))
  return rows
    .filter(it => !pids.has(it.ppid) && environmentOf(it.pid)?.get('SPARKQ_CONFIG') === configFile)
    .filter(it => isRunner(findProcess(it.pid)))
    .map(it => it.pid)
    .sort((a, b) => a - b)
}

/** The recorder leads the session, the task a group in it: from its fork on, which looks like the recorder at first. */
function roleOf({ pid, pgid, sid, command }: ProcessRow): Prey['role'] {
  const isRecorder = command.includes(recorderName)
  if (isRecorder && pid === sid) return 'recorder'
  return pid === pgid && (isRecorder || command.includes('task.sh')) ? 'task' : 'child'
}

function environmentOf(pid: number): Map<string, string> | undefined {
  try {
    const words = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return new Map(words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
  } catch {
    // It has just ended, or is not ours to look at.
    return undefined
  }
}

/** @returns whether it was still there */
export function tryKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
