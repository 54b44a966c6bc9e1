import http from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Api } from '../contract/api.ts'
import { notFound, SparkqError } from '../contract/errors.ts'
import { parseBody } from './body.ts'
import { trackConnections } from './connections.ts'
import { addEvents } from './events.ts'
import { type Guard, serverOptions } from './guard/guard.ts'
import { addMcp, type McpDoor } from './mcp.ts'
import { addPages } from './pages.ts'
import { problemOf, problemType, toSparkqError } from './problems.ts'
import { addOperations } from './routes.ts'
import { createStreams } from './streams.ts'

export type Address = { host: string; port: number }

export type HttpServer = {
  /** @returns where it listens: with port 0, the one it was given. @throws what Node says, e.g. EADDRINUSE */
  listen(where: Address): Promise<Address>
  address(): Address | null
  /** Ends event streams and idle connections at once; answers on their way are finished. */
  close(): Promise<void>
}

export type HttpServerOptions = {
  api: Api
  /** Stands in front of everything and decides who may come in. */
  guard: Pick<Guard, 'wrap' | 'install'>
  /** Hears of what is answered as an internal error, with its cause. */
  onError(error: unknown): void
  version: string
  /** Makes what answers at `/mcp`; without it, nothing does. */
  mcp?: () => Promise<McpDoor>
  heartbeatMs?: number
  bodyLimit?: number
}

/** The Api over HTTP: a loop over the table, the event stream, and the pages that describe it. */
export async function createHttpServer({
  api,
  guard,
  onError,
  version,
  mcp,
  heartbeatMs = 15_000,
  bodyLimit = 8 * 1024 * 1024,
}: HttpServerOptions): Promise<HttpServer> {
  const server = http.createServer({
    ...serverOptions,
    // How long a request may take to arrive; an answer may take as long as it needs.
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 10_000,
    connectionsCheckingInterval: 5_000,
    // A client that vanished without a word (a laptop that was closed) is noticed within a minute.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  })
  guard.install(server)
  const connections = trackConnections(server)
  const streams = createStreams(onError)
  const app = fastify({
    serverFactory: handler => server.on('request', guard.wrap(handler)),
    bodyLimit,
    // The guard has answered it.
    clientErrorHandler: () => {},
    frameworkErrors: (error, _request, reply) => sendError(reply, error),
    return503OnClosing: false,
    // Parameters are as long as Node lets a request line be; queries are read by request.ts.
    routerOptions: { maxParamLength: 16_384, querystringParser: () => ({}) },
  })
  addManners(app, onError)
  addOperations(app, api, streams)
  addEvents(app, { api, streams, heartbeatMs })
  addPages(app, version)
  const door = mcp && addMcp(app, mcp)
  await app.ready()

  let closed: Promise<void> | undefined
  const close = async () => {
    streams.end()
    // While what it ends is answered, nobody new comes in.
    await Promise.all([door?.close(), connections.close()])
    await app.close()
  }
  return {
    listen: where => listen(server, where),
    address: () => addressOf(server),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

/** How requests are read and errors answered, whatever the route. */
function addManners(app: FastifyInstance, onError: (error: unknown) => void): void {
  const doors: { method: string; pattern: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    for (const each of [method].flat()) doors.push({ method: each, pattern })
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => parseBody(body),
  )
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Cache-Control', 'no-store')
    if (!request.is404) return
    const [path = ''] = request.url.split('?')
    const allowed = doors.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (allowed.length === 0) throw notFound(`There is nothing at ${path}; /docs says what there is.`)
    const allow = [...new Set(allowed)].join(', ')
    reply.header('Allow', allow)
    throw new SparkqError('method_not_allowed', `${path} takes ${allow}, not ${request.method}.`)
  })
  app.setErrorHandler((error, _request, reply) => {
    const refusal = toSparkqError(error)
    if (refusal.code === 'internal') onError(refusal.cause ?? refusal)
    return sendError(reply, refusal)
  })
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(toSparkqError(error))
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem))
}

function listen(server: http.Server, { host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve(addressOf(server) as Address)
    })
  })
}

function addressOf(server: http.Server): Address | null {
  const info = server.address() as AddressInfo | null
  return info && { host: info.address, port: info.port }
}
