import type http from 'node:http'
import type { Socket } from 'node:net'

/** What is left of a request that runs when the server closes: longer than stopping a task takes. */
const graceMs = 15_000

/**
 * Closes a server at once without dropping an answer: whoever waits for one gets it, every other connection ends.
 * (Node's own `closeIdleConnections` leaves those alone that have not sent anything yet, which browsers open in stock.)
 */
export function trackConnections(server: http.Server): { close(): Promise<void> } {
  const waiting = new Map<Socket, number>()
  let closing = false

  server.on('connection', (socket: Socket) => {
    waiting.set(socket, 0)
    socket.once('close', () => waiting.delete(socket))
  })
  server.on('request', ({ socket }, res) => {
    waiting.set(socket, (waiting.get(socket) ?? 0) + 1)
    res.once('close', () => {
      const left = (waiting.get(socket) ?? 1) - 1
      if (waiting.has(socket)) waiting.set(socket, left)
      if (closing && left === 0) socket.destroySoon()
    })
  })

  return {
    close: async () => {
      closing = true
      const closed = new Promise<void>(resolve => {
        server.close(() => resolve())
      })
      for (const [socket, requests] of waiting) if (requests === 0) socket.destroy()
      const limit = setTimeout(() => {
        for (const socket of waiting.keys()) socket.destroy()
      }, graceMs)
      await closed
      clearTimeout(limit)
    },
  }
}
