import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { capture } from './capture.ts'
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

/**
 * `remote`: it lives, if it does, on another machine, and nothing here can tell. A machine may change its name while it
 * runs, and containers share a boot: a process that matches in all but the name is this one, one that does not is there.
 */
export function liveness(identity: ProcessIdentity): 'alive' | 'dead' | 'remote' {
  const isHere =
    identity.boot_id === bootId() && findProcess(identity.pid)?.start_time === identity.start_time
  if (isHere) return 'alive'
  return identity.hostname === hostname() ? 'dead' : 'remote'
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
  capture('sysctl', ['-n', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
