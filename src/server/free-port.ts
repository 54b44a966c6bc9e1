import { createServer } from 'node:net'

/** Whether a server could listen there now. What the system forbids is not taken. */
export function isPortFree(port: number, host = '0.0.0.0'): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve((error as NodeJS.ErrnoException).code !== 'EADDRINUSE'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** The first free port from this one on; this one where none of the next hundred is. */
export async function nextFreePort(from: number): Promise<number> {
  for (let port = from; port < from + 100 && port <= 65_535; port++) if (await isPortFree(port)) return port
  return from
}
