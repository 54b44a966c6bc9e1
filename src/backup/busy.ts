import fs from 'node:fs'
import path from 'node:path'
import type { Project } from '../config.ts'
import { conflict, type SparkqError } from '../contract/errors.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { liveness } from '../processes/identity.ts'
import { hasMark, listProcesses } from '../processes/table.ts'
import { findServer, nameServer } from '../server/lock.ts'
import { serverLockPath } from '../server/places.ts'
import {
  type Inspection,
  inspectCopy,
  inspectDatabase,
  type Lease,
  type RunningAttempt,
} from '../store/inspect.ts'
import { names } from './format.ts'

/** A runner elsewhere is taken for gone after as long a silence as ever. */
const remoteSilenceMs = 120_000

/**
 * Refuses while something works in a project that would go on with data that is being replaced. A database that is damaged
 * or gone cannot tell; a backup of the same folder may know of processes that live on.
 */
export function refuseWhileBusy(project: Project, backup: { from: string; folder: string }): void {
  const server = findServer(serverLockPath(project))
  if (server) throw refusal(`A server of this project runs: ${nameServer(server)}.`, 'sparkq stop')
  const isThere = fs.existsSync(project.database)
  const isKnown = isThere && inspecting(() => inspectDatabase(project.database), refuseWork)
  if (!isKnown && backup.folder === path.dirname(project.configFile))
    inspecting(() => inspectCopy(path.join(backup.from, names.database)), refuseProcesses)
}

/** @returns false where the database cannot be read: there is nothing in it that says who works */
function inspecting(open: () => Inspection, look: (db: Inspection) => void): boolean {
  let db: Inspection | undefined
  try {
    db = open()
    look(db)
    return true
  } catch (error) {
    if ((error as SparkqError).code !== 'unusable') throw error
    return false
  } finally {
    db?.close()
  }
}

function refuseWork(db: Inspection): void {
  refuseRunner(db.leases().find(isHeld))
  refuseTask(db.runningAttempts().find(it => it.runner_id === null || isAlive(it)))
}

function refuseProcesses(db: Inspection): void {
  refuseRunner(db.leases().find(it => liveness(it.process) === 'alive'))
  refuseTask(db.runningAttempts().find(isAlive))
}

function refuseRunner(lease: Lease | undefined): void {
  if (!lease) return
  const { pid, hostname } = lease.process
  throw refusal(
    `A runner works "${lease.queue}": process ${pid} on ${hostname}.`,
    `sparkq stop ${shellQueue(lease.queue)}`,
  )
}

function refuseTask(attempt: RunningAttempt | undefined): void {
  if (attempt) throw refusal(`${attempt.friendly_id} is running.`, `sparkq cancel ${attempt.friendly_id}`)
}

function isHeld({ process, remote, heartbeat_at }: Lease): boolean {
  const state = liveness(process)
  const beats = Date.now() - Date.parse(heartbeat_at) < remoteSilenceMs
  return state === 'alive' || ((state === 'remote' || remote) && beats)
}

function isAlive({ process, claim_key }: RunningAttempt): boolean {
  if (process && liveness(process) === 'alive') return true
  return claim_key !== null && listProcesses().some(({ pid }) => hasMark(pid, claim_key))
}

const refusal = (what: string, hint: string): SparkqError => conflict(`${what} Nothing was changed.`, hint)
