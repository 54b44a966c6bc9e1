import net from 'node:net'

/** A connection to a server that is kept. What it costs is next to nothing, so that a floor is one. */
export type Connection = {
  /** @returns the body of the answer. @throws when it is not a success */
  send(method: string, path: string, body?: unknown): Promise<string>
  close(): void
}

const endOfHead = Buffer.from('\r\n\r\n')

/** As plain as HTTP gets: one request after the other, and answers that say how long they are. */
export async function connect(address: string): Promise<Connection> {
  const { hostname, port, host } = new URL(address)
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let answered: (answer: string) => void = () => {}
  let failed: (error: Error) => void = () => {}
  let received: Buffer = Buffer.alloc(0)
  socket.on('error', error => failed(error))
  socket.on('close', () => failed(new Error(`${address} closed the connection.`)))
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const end = received.indexOf(endOfHead)
    if (end < 0) return
    const head = received.toString('latin1', 0, end)
    const begin = end + endOfHead.length
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1])
    if (!(received.length < begin + length)) {
      const body = received.toString('utf8', begin)
      received = Buffer.alloc(0)
      if (/^HTTP\/1.1 2/.test(head) && body.length > 0) answered(body)
      else failed(new Error(`${head.split('\r\n')[0]}: ${body}`))
    }
  })
  return {
    send: (method, path, body) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const about = text && `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`
      return new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${about}\r\n${text}`)
      })
    },
    close: () => socket.destroy(),
  }
}

/** Does `work` so many times over the connections, each of which takes the next when it is through with one. */
export async function share(
  connections: Connection[],
  times: number,
  work: (connection: Connection, number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  await Promise.all(
    connections.map(async connection => {
      while (next < times) await work(connection, next++)
    }),
  )
}
