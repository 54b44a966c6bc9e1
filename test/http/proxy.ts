import net from 'node:net'
import type { Cleaner } from '../support/folder.ts'

export type Proxy = {
  url: string
  /** How many connections there were. */
  connections(): number
  /** Breaks every connection that there is now. */
  cut(): void
  /** What is done to a connection; by default it is passed on. */
  behave(how: (client: net.Socket, server: net.Socket) => void): void
}

export const passOn = (client: net.Socket, server: net.Socket): void => {
  client.pipe(server)
  server.pipe(client)
}

/** Breaks the first `count` connections when the server answers: what was asked has been done, but nobody hears of it. */
export function loseAnswers(count: number) {
  let left = count
  return (client: net.Socket, server: net.Socket): void => {
    client.pipe(server)
    if (left-- > 0) server.once('data', () => client.resetAndDestroy())
    else server.pipe(client)
  }
}

/** A bad line to a server. */
export async function badLine(t: Cleaner, port: number): Promise<Proxy> {
  const open = new Set<net.Socket>()
  let count = 0
  let how = passOn
  const proxy = net.createServer(client => {
    count++
    const server = net.connect(port, '127.0.0.1')
    for (const socket of [client, server]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    how(client, server)
  })
  await new Promise<void>(resolve => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  t.after(() => {
    cut()
    proxy.close()
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}`,
    connections: () => count,
    cut,
    behave: next => {
      how = next
    },
  }
}
