import addresses from 'virtual:operations'
import type { Api, OutputChunk } from '../../src/contract/api.ts'
import { type ErrorCode, errorCodes, SparkqError } from '../../src/contract/errors.ts'
import type { OperationName } from '../../src/contract/operations.ts'
import { authorization } from './token.ts'

type Fields = Record<string, unknown>

/** All that SparkQ can do, asked of the server that this page came from; every function rejects with a SparkqError. */
export const api = Object.fromEntries(
  (Object.keys(addresses) as OperationName[]).map(name => [name, (input?: Fields) => call(name, input)]),
) as unknown as Omit<Api, 'watchEvents'>

async function call(name: OperationName, input: Fields = {}): Promise<unknown> {
  const [method, pattern, answer] = addresses[name]
  const { path, rest } = fill(pattern, input)
  const response = await request(
    method === 'GET' ? path + queryOf(rest) : path,
    method === 'GET'
      ? { method }
      : { method, body: JSON.stringify(rest), headers: { 'Content-Type': 'application/json' } },
  )
  return answer === 'bytes' ? chunkOf(response) : response.json()
}

/** @throws unreachable when no server answers, and what it refuses as the error that it was there */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), ...authorization() }
  const response = await fetch(path, { ...init, headers, cache: 'no-store' }).catch((cause: Error) => {
    if (cause.name === 'AbortError') throw cause
    throw unreachable(cause)
  })
  if (!response.ok) throw await errorFrom(response)
  return response
}

const unreachable = (cause?: unknown) =>
  new SparkqError('unreachable', `No SparkQ server answers at ${location.origin}.`, {
    hint: 'sparkq start',
    cause,
  })

/** The path with the fields that it names, and those that are left for query or body. */
function fill(pattern: string, input: Fields): { path: string; rest: Fields } {
  const rest = { ...input }
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(rest[key])
    delete rest[key]
    return encodeURIComponent(value)
  })
  return { path, rest }
}

function queryOf(fields: Fields): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`
}

async function chunkOf(response: Response): Promise<OutputChunk> {
  const number = (name: string) => Number(response.headers.get(name))
  return {
    bytes: await response.bytes(),
    offset: number('Sparkq-Offset'),
    next_offset: number('Sparkq-Next-Offset'),
    total: number('Sparkq-Total'),
    ended: response.headers.get('Sparkq-Ended') === 'true',
  }
}

async function errorFrom(response: Response): Promise<SparkqError> {
  if (!response.headers.get('Content-Type')?.startsWith('application/problem+json')) return unreachable()
  const { code, detail, hint, errors } = await response.json()
  const known = Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'internal'
  return new SparkqError(known, detail, { hint, errors })
}

/** Whatever was thrown, as what can be shown of it. */
export function asSparkqError(error: unknown): SparkqError {
  if (error instanceof SparkqError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new SparkqError('internal', `This page has a mistake of its own: ${message}`, { cause: error })
}
