import fs from 'node:fs'
import path from 'node:path'
import { identify } from '../../src/processes/identity.ts'
import { findServer, type Holder } from '../../src/server/lock.ts'
import { type Site, site } from '../cli/run-cli.ts'
import { waitFor } from '../support/wait.ts'

type Cleaner = { after(clean: () => void | Promise<void>): void }

export type ServerSite = Site & {
  lockFile: string
  /** The server that runs, once it answers. */
  running(): Promise<Holder & { address: string }>
}

/** Any free port, and this machine alone. */
const config = 'server: {port: 0, host: 127.0.0.1}\n'

/** A project whose server, if one is left when the test ends, is ended, and the test with it. */
export async function serverSite(t: Cleaner, files: Record<string, string> = {}): Promise<ServerSite> {
  const seen = new Set<number>()
  let folder: string | undefined
  // Registered first, so that the folder is still there.
  t.after(async () => {
    for (const pid of folder ? pidsOf(folder) : []) seen.add(pid)
    for (const pid of seen) {
      process.kill(pid, 'SIGKILL')
      await waitFor('it is gone', () => identify(pid) === null)
    }
    if (seen.size > 0) throw new Error(`leaked servers: ${[...seen].join(', ')}`)
  })
  const at = await site(t, { 'sparkq.yml': config, ...files })
  folder = at.folder
  const lockFile = path.join(folder, 'sparkq.lock')
  const running = () =>
    waitFor('a server answers', () => {
      const holder = findServer(lockFile)
      return holder?.address ? { ...holder, address: holder.address } : undefined
    })
  return { ...at, lockFile, running }
}

export const logOf = ({ folder }: Pick<Site, 'folder'>): string =>
  fs.readFileSync(path.join(folder, 'sparkq/logs/sparkq.log'), 'utf8')

/** The servers of a project, their runners (they work in its folder), and what its tasks have left. */
function pidsOf(folder: string): number[] {
  if (process.platform !== 'linux') return []
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(name => isServerOf(name, folder) || isTaskOf(name, folder))
    .map(Number)
}

function isServerOf(pid: string, folder: string): boolean {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return (
      (words.includes('run') || words.includes('runner')) && fs.readlinkSync(`/proc/${pid}/cwd`) === folder
    )
  } catch {
    return false
  }
}

function isTaskOf(pid: string, folder: string): boolean {
  try {
    const environment = fs.readFileSync(`/proc/${pid}/environ`, 'utf8')
    return `\0${environment}`.includes(`\0SPARKQ_PROJECT_CONFIG=${folder}/sparkq.yml\0`)
  } catch {
    return false
  }
}
