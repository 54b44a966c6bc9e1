import { hash } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { Cleaner } from '../support/folder.ts'

const script = fs.readFileSync(path.join(import.meta.dirname, 'attack-page.js'), 'utf8')

export const attackPage = `<!doctype html><title>Kittens</title><body><script>${script.replaceAll('</script>', '<\\/script>')}</script>`

/** A server of somebody else's, on a port of its own. `/link?to=` holds a link, `/bounce?to=` sends on whatever comes. */
export async function startAttacker(t: Cleaner): Promise<{ port: number }> {
  return listen(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://attacker')
    const to = searchParams.get('to') ?? ''
    if (pathname === '/bounce') return response.writeHead(307, { Location: to }).end()
    response.setHeader('Content-Type', 'text/html')
    response.end(pathname === '/link' ? `<!doctype html><a href="${to}">go</a>` : attackPage)
  })
}

/** A server that is as open as can be without CORS, and writes down all that arrives. */
export async function startVictim(t: Cleaner): Promise<{ port: number; arrived: string[] }> {
  const arrived: string[] = []
  const note = ({ method, url, headers }: http.IncomingMessage) => {
    const type = headers['content-type']?.split(';')[0]
    const what = [method, url, type, headers['sec-fetch-dest']].filter(part => part !== undefined)
    if (url !== '/favicon.ico') arrived.push(what.join(' '))
  }
  const { port } = await listen(
    t,
    (request, response) => {
      note(request)
      const [type, text] = bait[String(request.headers['sec-fetch-dest'])] ?? ['text/html', 'secret']
      response.setHeader('Content-Type', type)
      response.end(text)
    },
    (request, socket) => {
      note(request)
      const accept = hash('sha1', `${request.headers['sec-websocket-key']}${webSocketMagic}`, 'base64')
      const lines = ['101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
      socket.end(`HTTP/1.1 ${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    },
  )
  return { port, arrived }
}

const webSocketMagic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const bait: Record<string, [type: string, text: string]> = {
  image: ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
  script: ['text/javascript', ''],
  style: ['text/css', ''],
}

async function listen(
  t: Cleaner,
  answer: http.RequestListener,
  upgrade?: (request: http.IncomingMessage, socket: Duplex) => void,
): Promise<{ port: number }> {
  const server = http.createServer(answer)
  if (upgrade) server.on('upgrade', upgrade)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  return { port: (server.address() as AddressInfo).port }
}
