import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ProcessIdentity } from '../contract/attempts.ts'

/**
 * Writes `<folder>/sparkq-runner-<queue id>.lock`, for people and tools; the lease in the database decides. First line
 * the pid, then start time, boot id, host name and the project's `sparkq.yml`.
 * @returns how to remove it again; it goes only while it is still ours
 */
export function writeLockFile(
  folder: string,
  queueId: string,
  owner: ProcessIdentity,
  configFile: string,
): () => void {
  const file = lockFilePath(folder, queueId)
  const lines = [owner.pid, owner.start_time, owner.boot_id, owner.hostname, configFile]
  const text = `${lines.join('\n')}\n`
  // The folder is usually everybody's: what lies there already is replaced, never followed or written through.
  fs.rmSync(file, { force: true })
  fs.writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  return () => {
    if (readIfThere(file) === text) fs.rmSync(file, { force: true })
  }
}

/** Whose lock it is; undefined where there is none, or none of ours. */
export function readLockFile(file: string): ProcessIdentity | undefined {
  const [pid = '', start_time = '', boot_id = '', hostname = ''] = readIfThere(file)?.split('\n') ?? []
  return /^[1-9]\d*$/.test(pid) ? { pid: Number(pid), start_time, boot_id, hostname } : undefined
}

export function lockFilePath(folder: string, queueId: string): string {
  return path.join(folder, `sparkq-runner-${queueId}.lock`)
}

/** Where runners' lock files lie: the environment, else the setting, else the system's temporary folder. */
export function lockFolder(env: NodeJS.ProcessEnv, setting: string | null): string {
  return env.SPARKQ_RUNNER_LOCK_DIR || setting || os.tmpdir()
}

/** A lock file of a project; `owner` is null where it does not say that whole. */
export type RunnerLock = { file: string; owner: ProcessIdentity | null }

/**
 * The lock files of a project's lanes: of these queues, and, as a database that is damaged names none, those that name
 * the project. Only what this user wrote counts: the folder is usually everybody's.
 */
export function findLockFiles(folder: string, configFile: string, queueIds: readonly string[]): RunnerLock[] {
  const wanted = new Set(queueIds.map(id => lockFilePath(folder, id)))
  return namesIn(folder)
    .filter(name => /^sparkq-runner-\w+\.lock$/.test(name))
    .map(name => path.join(folder, name))
    .filter(isOwn)
    .flatMap(file => {
      const [pid = '', start_time = '', boot_id = '', hostname = '', project] =
        readIfThere(file)?.split('\n') ?? []
      if (!wanted.has(file) && project !== configFile) return []
      const owner = project === undefined ? null : { pid: Number(pid), start_time, boot_id, hostname }
      return [{ file, owner }]
    })
}

function isOwn(file: string): boolean {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false })
  return stat?.isFile() === true && (process.getuid === undefined || stat.uid === process.getuid())
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
