import os from 'node:os'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { liveness } from './identity.ts'
import { tickMs } from './proc.ts'

/**
 * For how long a process has lived, in ms, whatever was done to the clock on the wall; the time that the machine slept
 * is in it. null: it cannot be told (it is gone or elsewhere, it is not Linux, or the system's own age is made up).
 */
export function ageOf(identity: ProcessIdentity): number | null {
  if (process.platform !== 'linux' || liveness(identity) !== 'alive') return null
  const age = os.uptime() * 1000 - Number(identity.start_time) * tickMs
  return age >= 0 ? age : null
}
