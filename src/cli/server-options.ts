import type { Project } from '../config.ts'
import { openCore } from '../connect.ts'
import { invalid } from '../contract/errors.ts'
import type { Lanes } from '../contract/supervision.ts'
import type { Asked } from '../server/lock.ts'
import type { OptionSpec } from './command.ts'
import { readLanes } from './lane-options.ts'
import type { Terminal } from './terminal.ts'

/** Where a server is to listen; what is not said is left to the settings. */
export const addressOptions = {
  host: {
    type: 'text',
    value: 'ADDRESS',
    describe: 'the address to listen on; default: server.host',
  },
  port: {
    type: 'whole',
    value: 'PORT',
    min: 0,
    describe: 'the port to listen on, 0 for a free one; default: server.port',
  },
} as const satisfies Record<string, OptionSpec>

export function readAddress(options: { host: string | undefined; port: number | undefined }): Asked {
  const { host = null, port = null } = options
  if (port !== null && port > 65_535) throw invalid(`--port must be at most 65535; ${port} is not.`)
  return { host: host === null ? null : host.trim(), port }
}

export const asBeforeOption = {
  type: 'flag',
  describe: 'go on with the lanes that the last server worked',
} as const satisfies OptionSpec

/** The lanes that the options name, looked up in this project whatever server the environment names; none: no lanes. */
export async function readLanesHere(
  project: Project,
  terminal: Terminal,
  given: Parameters<typeof readLanes>[2],
): Promise<Lanes> {
  const none = { all: false, sessions: [], queues: [] }
  if (!given.all && !given.interactive && given.session.length + given.queue.length === 0) return none
  const core = openCore(project, 'cli')
  try {
    return (await readLanes(core, terminal, given)) ?? none
  } finally {
    core.close()
  }
}
