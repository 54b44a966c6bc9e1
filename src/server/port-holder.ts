import fs from 'node:fs'
import { capture } from '../processes/capture.ts'
import { findProcess } from '../processes/table.ts'

/** Who listens on a port; a command that may not be seen is null. */
export type PortHolder = { pid: number; command: string | null }

/** The process that listens on a TCP port of this machine; undefined when that cannot be told. */
export function findPortHolder(port: number): PortHolder | undefined {
  const pid = process.platform === 'linux' ? pidFromProc(port) : pidFromLsof(port)
  return pid === undefined ? undefined : { pid, command: findProcess(pid)?.command ?? null }
}

/** Other users' descriptors cannot be read, and so their processes not be found. */
function pidFromProc(port: number): number | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => listeningOn(port, table)))
  if (sockets.size === 0) return undefined
  for (const name of fs.readdirSync('/proc')) {
    if (/^\d+$/.test(name) && descriptorsOf(name).some(target => sockets.has(target))) return Number(name)
  }
  return undefined
}

/** The sockets that listen on `port`, as descriptors name them; see proc_net_tcp.rst of the kernel. */
function listeningOn(port: number, table: string): string[] {
  const listen = '0A'
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return linesOf(table).flatMap(line => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === listen && local.endsWith(wanted) ? [`socket:[${inode}]`] : []
  })
}

function linesOf(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').slice(1)
  } catch {
    return []
  }
}

function descriptorsOf(pid: string): string[] {
  try {
    const folder = `/proc/${pid}/fd`
    return fs.readdirSync(folder).map(fd => target(`${folder}/${fd}`))
  } catch {
    return []
  }
}

function target(link: string): string {
  try {
    return fs.readlinkSync(link)
  } catch {
    return ''
  }
}

function pidFromLsof(port: number): number | undefined {
  try {
    const text = capture('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const pid = /^p(\d+)$/m.exec(text)
    return pid ? Number(pid[1]) : undefined
  } catch {
    return undefined
  }
}
