import type { Connection } from '../connect.ts'
import type { Api } from '../contract/api.ts'
import { persistentApi } from '../runner/persistent.ts'
import type { Terminal } from './terminal.ts'

/** For a command that stays: a server that is away for a while does not end it, Ctrl-C does. */
export function patientApi({ api, remote }: Connection, { err }: Terminal): Api {
  return remote ? persistentApi(api, message => err.line(message), new AbortController().signal) : api
}
