import { invalid } from '../contract/errors.ts'
import type { Asked } from '../server/lock.ts'
import type { OptionSpec } from './command.ts'

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
