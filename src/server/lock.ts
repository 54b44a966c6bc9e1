import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { conflict, type SparkqError, unusable } from '../contract/errors.ts'
import { timestamp } from '../contract/time.ts'
import { clock } from '../contract/time-text.ts'
import { liveness, self } from '../processes/identity.ts'

/** What the command line that started a server said of its address; null where that was left to the settings. */
export type Asked = { host: string | null; port: number | null }

/** The server of a project, as its lock file tells. */
export type Holder = {
  process: ProcessIdentity
  /** null until it answers. */
  address: string | null
  started_at: string
  asked: Asked
  /** What it listens on, and whom it lets in (`server.access`). */
  host: string
  access: string
}

export type ServerLock = {
  /** Tells everyone where it answers, and whom it lets in. */
  publish(news: Partial<Pick<Holder, 'address' | 'access'>>): void
  /** Says that it lives, to whoever cannot look at its process. */
  beat(): void
  /** Removes the file, if it is still ours. May be called twice. */
  release(): void
}

/** A holder that cannot be looked at, being on another machine, is taken for gone after this long a silence. */
const remoteSilenceMs = 120_000

/**
 * Takes the lock of a project's server: `sparkq.lock`, first line the pid, then start time, boot id, address, host name,
 * time of start and the rest as JSON. What a dead server left is replaced.
 *
 * A file alone cannot decide between two that both find a dead one's: whoever comes second would remove what the first
 * has just made. So looking and writing are one step, and `exclusively` is a transaction of the database, which ends
 * with its process, however that ends. Readers see a whole file or none: it is renamed into place.
 * @throws conflict when a server holds it
 */
export function takeServerLock(
  file: string,
  about: Pick<Holder, 'asked' | 'host' | 'access'>,
  exclusively: <T>(work: () => T) => T,
): ServerLock {
  const mine: Holder = { process: self(), address: null, started_at: timestamp(Date.now()), ...about }
  let text = render(mine)
  const holder = exclusively(() => {
    const found = findServer(file)
    if (!found) write(file, text)
    return found
  })
  if (holder) throw isHeld(holder)
  const release = (): void => {
    process.off('exit', release)
    if (read(file) === text) fs.rmSync(file, { force: true })
  }
  // The last resort, for whatever ends the process without asking anyone.
  process.on('exit', release)
  return {
    release,
    publish: news => {
      Object.assign(mine, news)
      text = render(mine)
      write(file, text)
    },
    beat: () => {
      if (read(file) === text) fs.utimesSync(file, new Date(), new Date())
    },
  }
}

/** The server that holds the lock; undefined when there is none, or when it is dead. */
export function findServer(file: string): Holder | undefined {
  const holder = parse(read(file))
  if (!holder) return undefined
  const state = liveness(holder.process)
  if (state === 'remote') return isSilent(file) ? undefined : holder
  return state === 'alive' ? holder : undefined
}

export function isHeld(holder: Holder): SparkqError {
  return conflict(
    `A server of this project runs already: ${nameServer(holder)}, since ${clock(holder.started_at)}.`,
    'sparkq status\nsparkq stop',
  )
}

/** `process 123 at http://127.0.0.1:5005`, with its machine when that is another one. */
export function nameServer({ process: { pid, hostname }, address }: Holder): string {
  const on = hostname === os.hostname() ? '' : ` on ${hostname}`
  return `process ${pid}${on}${address === null ? ', about to start' : ` at ${address}`}`
}

function render({ process: owner, address, started_at, ...rest }: Holder): string {
  const lines = [owner.pid, owner.start_time, owner.boot_id, address ?? '', owner.hostname, started_at]
  return `${[...lines, JSON.stringify(rest)].join('\n')}\n`
}

/** undefined for whatever is not the whole of a lock. */
function parse(text: string | undefined): Holder | undefined {
  const [pid = '', start_time = '', boot_id = '', address, hostname = '', started_at = '', rest] =
    text?.split('\n') ?? []
  if (!/^[1-9]\d*$/.test(pid) || !rest) return undefined
  try {
    const process = { pid: Number(pid), start_time, boot_id, hostname }
    const { asked, host, access } = JSON.parse(rest)
    return asked && { process, address: address || null, started_at, asked, host, access }
  } catch {
    return undefined
  }
}

function write(file: string, text: string): void {
  const making = `${file}.tmp`
  try {
    fs.rmSync(making, { force: true })
    fs.writeFileSync(making, text, { flag: 'wx', mode: 0o600 })
    fs.renameSync(making, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`${file} cannot be written (${code}).`, `ls -ld ${path.dirname(file)}`, error)
  }
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isSilent(file: string): boolean {
  const beat = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return Date.now() - beat > remoteSilenceMs
}
