import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerMessages } from './anthropic.ts'
import { answerGemini } from './gemini.ts'
import { answerResponses } from './openai.ts'
import { newAccount } from './script.ts'
import { type Exchange, sendJson, type Tokens, type Told } from './wire.ts'

export type ProviderName = 'claude' | 'codex' | 'gemini'

/** One request to a model; `at` is milliseconds since 1970. */
export type Asked = Told & { provider: ProviderName; at: number }

export type FakeModel = {
  /** `http://127.0.0.1:PORT` */
  url: string
  asked: Asked[]
  /** Hosts that somebody wanted to reach through us as a proxy, which is refused. */
  outside: string[]
  /** Requests that could not be answered, with why: a mistake in the fake or in a test. */
  errors: string[]
  /** Ends what `@limit` and `@logout` began. */
  mend(provider: ProviderName): void
  close(): Promise<void>
}

/**
 * The APIs of three model providers on one loopback port: real agents talk to it, and do what the prompt's directives
 * say (script.ts). `clock`: milliseconds since 1970.
 */
export async function startFakeModel({
  port = 0,
  clock = Date.now,
  tokens = { input: 100, output: 20 },
}: {
  port?: number
  clock?: () => number
  tokens?: Tokens
} = {}): Promise<FakeModel> {
  const accounts = { claude: newAccount(), codex: newAccount(), gemini: newAccount() }
  const asked: Asked[] = []
  const outside: string[] = []
  const errors: string[] = []

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const route = routeOf(request.method ?? '', new URL(request.url ?? '/', 'http://fake').pathname)
    const text = await readAll(request)
    if (!route) return sendJson(response, { status: request.method === 'POST' ? 200 : 404, body: {} })
    if (route === 'models')
      return sendJson(response, { status: 200, body: { object: 'list', data: [], models: [] } })
    if (route === 'count') return sendJson(response, { status: 200, body: { input_tokens: tokens.input } })
    const at = clock()
    await route.answer({
      ...{ response, tokens, headers: request.headers, account: accounts[route.provider] },
      ...{ body: JSON.parse(text) as Record<string, unknown>, now: at / 1000 },
      note: told => asked.push({ provider: route.provider, at, ...told }),
    })
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      errors.push(`${request.method} ${request.url}: ${error}`)
      if (response.headersSent) response.destroy()
      else sendJson(response, { status: 500, body: { error: { type: 'api_error', message: String(error) } } })
    })
  })
  server.requestTimeout = 0
  server.on('connect', (request, socket) => {
    outside.push(request.url ?? '')
    socket.on('error', () => socket.destroy())
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ asked, outside, errors },
    mend: provider => {
      accounts[provider].isLoggedOut = false
      accounts[provider].limit = null
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Route = { provider: ProviderName; answer(exchange: Exchange): Promise<void> }

function routeOf(method: string, path: string): Route | 'models' | 'count' | null {
  if (method === 'GET' && path.endsWith('/models')) return 'models'
  if (method !== 'POST') return null
  if (path.endsWith('/messages/count_tokens')) return 'count'
  if (path.endsWith('/messages')) return { provider: 'claude', answer: answerMessages }
  if (path.endsWith('/responses')) return { provider: 'codex', answer: answerResponses }
  const [, model, verb] = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(path) ?? []
  if (!model) return null
  return {
    provider: 'gemini',
    answer: exchange => answerGemini(exchange, model, verb === 'streamGenerateContent'),
  }
}

async function readAll(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
