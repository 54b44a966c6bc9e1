import type { Api, OutputChunk } from '../contract/api.ts'
import { invalid, notFound, type SparkqError } from '../contract/errors.ts'
import { type Operation, type OperationName, operations } from '../contract/operations.ts'
import { validate } from '../contract/validate.ts'
import { createWatcher } from './client-events.ts'
import { type Answer, errorFrom, exchange, notSparkq, parse, type Retry, usualRetry } from './exchange.ts'
import { isRepeatable } from './repeatable.ts'
import { createTransport, type Transport } from './transport.ts'

export type HttpClientOptions = {
  /** Where the server is: `http://localhost:5005`. */
  url: string
  token?: string | undefined
  retry?: Retry
  /** How long a call may be without an answer: stopping tasks takes a while. */
  silenceMs?: number
}

export type HttpClient = Api & { close(): void }

type Fields = Record<string, unknown>
type Call = (name: OperationName, input?: Fields) => Promise<unknown>

/**
 * The Api of a server: the same functions, over the wire. What the server checks is not checked here.
 *
 * `watchEvents` connects when it is called. Without `after` it tells what happens from the moment on in which the server
 * hears of it; calls of this client that are made later wait until it has, so that what they cause is never missed.
 */
export function createHttpClient({
  url,
  token,
  retry = usualRetry,
  silenceMs = 120_000,
}: HttpClientOptions): HttpClient {
  const transport = createTransport({ url, token })
  const closing = new AbortController()
  const watcher = createWatcher(transport, { retry, closing: closing.signal })

  const call: Call = async (name, input = {}) => {
    const operation: Operation = operations[name]
    // In a query every value is a text: which type it had, only this side knows.
    if (operation.method === 'GET') validate(operation.input, input, 'The request')
    await watcher.settled()
    const { path, rest } = await addressOf(call, operation, input)
    const repeatable = isRepeatable(name, operation, input)
    const answer = await exchange(
      transport,
      {
        method: operation.method,
        silenceMs,
        ...(operation.method === 'GET'
          ? { path: path + queryOf(rest) }
          : { path, body: JSON.stringify(rest) }),
      },
      { what: operation.summary, repeatable, retry },
    )
    return answerOf(transport, operation, answer)
  }

  const api = Object.fromEntries(
    (Object.keys(operations) as OperationName[]).map(name => [name, (input?: Fields) => call(name, input)]),
  )
  return {
    ...(api as unknown as Api),
    watchEvents: watcher.watch,
    close: () => {
      closing.abort()
      transport.close()
    },
  }
}

function answerOf(transport: Transport, { output }: Operation, answer: Answer): unknown {
  const { status, headers, body } = answer
  if (status < 200 || status > 299) throw errorFrom(transport, answer)
  if (output === 'bytes') return chunkOf(transport, answer)
  const value = headers['content-type']?.startsWith('application/json') ? parse(body) : undefined
  if (value === undefined) throw notSparkq(transport, status)
  return value
}

function chunkOf(transport: Transport, { status, headers, body }: Answer): OutputChunk {
  const number = (name: string) => Number(headers[name])
  const chunk = {
    bytes: new Uint8Array(body.buffer, body.byteOffset, body.length),
    offset: number('sparkq-offset'),
    next_offset: number('sparkq-next-offset'),
    total: number('sparkq-total'),
    ended: headers['sparkq-ended'] === 'true',
  }
  if (Number.isNaN(chunk.offset + chunk.next_offset + chunk.total)) throw notSparkq(transport, status)
  return chunk
}

/** The path with the fields that it names, and the fields that are left for query or body. */
async function addressOf(call: Call, { path, input: { properties } }: Operation, input: Fields) {
  const rest = { ...input }
  let address = path
  for (const [place, key] of path.matchAll(/\{(\w+)\}/g) as Iterable<[string, string]>) {
    const value = rest[key]
    delete rest[key]
    if (value === undefined || value === null || value === '') throw missing(key, value)
    const text = String(value)
    const safe = fitsPath(text) ? text : await idOf(call, path, text)
    if (key in properties) address = address.replace(place, () => encodeURIComponent(safe.toWellFormed()))
  }
  return { path: address, rest }
}

function missing(key: string, value: unknown): SparkqError {
  const detail = value === '' ? 'must not be empty' : value === undefined ? 'is missing' : 'must be a text'
  return invalid(`${key} ${detail}.`, { errors: [{ pointer: `/${key}`, detail }] })
}

/** Servers refuse paths that can be read in two ways. */
const fitsPath = (text: string) => !/[/\\\0]/.test(text) && text !== '.' && text !== '..'

/** A lane may be called `feature/login`: it is looked up, and addressed by its id. */
async function idOf(call: Call, path: string, name: string): Promise<string> {
  const [, collection = ''] = path.match(/^\/api\/(\w+)/) ?? []
  const list = { queues: 'listQueues', sessions: 'listSessions' } as const
  const listing = Object.hasOwn(list, collection) ? list[collection as keyof typeof list] : undefined
  const key = nameKey(name)
  let cursor: string | null | undefined = listing ? undefined : null
  while (listing && cursor !== null) {
    const archived = listing === 'listQueues' ? { archived: true } : {}
    const page = (await call(listing, { ...archived, limit: 500, cursor })) as Record<string, unknown>
    const found = (page[collection] as { id: string; name: string }[]).find(it => nameKey(it.name) === key)
    if (found) return found.id
    cursor = page.next_cursor as string | null
  }
  throw notFound(`There is no ${collection.replace(/s$/, '')} "${name}".`)
}

const nameKey = (name: string) => name.trim().normalize('NFC').toLowerCase()

function queryOf(fields: Fields): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([key, value]) => [key, textOf(value)]))}`
}

const textOf = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
