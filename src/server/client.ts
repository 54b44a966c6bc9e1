import type { Api } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { createHttpClient } from '../http/client.ts'

/** Whether a server answers is known within milliseconds, or it is stuck; other answers may take a moment. */
const healthMs = 2000
const usualMs = 30_000

/** Asks the project's own server something. */
export async function withServer<T>(
  address: string,
  ask: (api: Api) => Promise<T>,
  silenceMs = usualMs,
): Promise<T> {
  const client = createHttpClient({ url: address, retry: { pausesMs: [] }, silenceMs })
  try {
    return await ask(client)
  } finally {
    client.close()
  }
}

/** What keeps the server from answering; undefined when it does. */
export async function whySilent(address: string): Promise<string | undefined> {
  try {
    await withServer(address, api => api.getHealth(), healthMs)
    return undefined
  } catch (error) {
    if (error instanceof SparkqError) return error.message
    throw error
  }
}
