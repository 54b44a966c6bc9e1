import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ProcessIdentity } from '../contract/attempts.ts'

/**
 * Writes `<folder>/sparkq-runner-<queue id>.lock`, for people and tools; the lease in the database decides. First line
 * the pid, then start time, boot id and host name.
 * @returns how to remove it again; it goes only while it is still ours
 */
export function writeLockFile(folder: string, queueId: string, owner: ProcessIdentity): () => void {
  const file = lockFilePath(folder, queueId)
  const text = `${owner.pid}\n${owner.start_time}\n${owner.boot_id}\n${owner.hostname}\n`
  // The folder is usually everybody's: what lies there already is replaced, never followed or written through.
  fs.rmSync(file, { force: true })
  fs.writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  return () => {
    if (readIfThere(file) === text) fs.rmSync(file, { force: true })
  }
}

export function lockFilePath(folder: string, queueId: string): string {
  return path.join(folder, `sparkq-runner-${queueId}.lock`)
}

/** Where runners' lock files lie: the environment, else the setting, else the system's temporary folder. */
export function lockFolder(env: NodeJS.ProcessEnv, setting: string | null): string {
  return env.SPARKQ_RUNNER_LOCK_DIR || setting || os.tmpdir()
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
