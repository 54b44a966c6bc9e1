import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { findProcess } from './table.ts'

/** null: no such process. A zombie is gone. */
export function identify(pid: number): ProcessIdentity | null {
  const row = findProcess(pid)
  return row && { pid, start_time: row.start_time, boot_id: bootId(), hostname: hostname() }
}

let own: ProcessIdentity | undefined

export function self(): ProcessIdentity {
  own ??= identify(process.pid) ?? undefined
  if (!own) throw new Error(`this process (pid ${process.pid}) is not in the process table`)
  return own
}

/** `remote`: it lives, if it does, on another machine, and nothing here can tell. */
export function liveness(identity: ProcessIdentity): 'alive' | 'dead' | 'remote' {
  if (identity.hostname !== hostname()) return 'remote'
  if (identity.boot_id !== bootId()) return 'dead'
  return findProcess(identity.pid)?.start_time === identity.start_time ? 'alive' : 'dead'
}

let realBootId: string | undefined

/** SPARKQ_TEST_BOOT_ID is for the tests of reboots only: with another value, every process known before is dead. */
export function bootId(): string {
  if (process.env.SPARKQ_TEST_BOOT_ID) return process.env.SPARKQ_TEST_BOOT_ID
  realBootId ??= process.platform === 'linux' ? bootIdFromProc() : bootIdFromSysctl()
  return realBootId
}

const bootIdFromProc = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

// macOS has a name for the boot; the BSDs have only its time, of which `sec` alone holds still.
function bootIdFromSysctl(): string {
  try {
    return sysctl('kern.bootsessionuuid')
  } catch {
    const time = sysctl('kern.boottime')
    return /sec = (\d+)/.exec(time)?.[1] ?? time
  }
}

const sysctl = (name: string): string =>
  execFileSync('sysctl', ['-n', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
