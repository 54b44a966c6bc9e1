import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import { createServer, type Link, type Setting } from './server.ts'

export type StdioOptions = Omit<Setting, 'stopping' | 'link'> & {
  /** Who speaks, as `Link` has it. */
  caller: Pick<Link, 'process' | 'conversation'>
  /** Ends it, as does the end of stdin. */
  signal: AbortSignal
  /** Hears why a message, or the whole connection, was given up. */
  onTrouble(message: string): void
}

/** MCP over stdin and stdout, until either is closed or the signal aborts. What is under way is then given up. */
export async function serveOverStdio({ signal, onTrouble, caller, ...setting }: StdioOptions): Promise<void> {
  const stopping = new AbortController()
  const link = () => caller
  const transport = new StdioServerTransport()
  const ended = new Promise<void>(resolve => {
    // Taken before it is handed over: the entry sets its own and calls none.
    stopping.signal.addEventListener('abort', () => resolve())
  })
  const handle = serveStdio(() => createServer({ ...setting, link, stopping: stopping.signal }), {
    transport,
    onerror: error => onTrouble(error.message),
  })
  const close = transport.onclose
  transport.onclose = () => {
    close?.()
    stopping.abort()
  }
  const end = (): void => void handle.close().finally(() => stopping.abort())
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  await ended
  signal.removeEventListener('abort', end)
}
