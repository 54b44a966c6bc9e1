import type { IncomingMessage } from 'node:http'
import { type Refusal, refuse } from './refusal.ts'
import { mcpPath } from './target.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
export const methods = [...safe, ...changing]

/**
 * A page elsewhere can send forms and plain text unasked, JSON never: so JSON is asked of whatever may change something,
 * however empty it is. Ray's CVE-2026-27482 had forgotten DELETE.
 */
export function checkContent(
  request: IncomingMessage,
  path: string,
  maxBodyBytes: number,
): Refusal | undefined {
  const method = request.method ?? ''
  if (!safe.has(method)) {
    if (!changing.has(method))
      return refuse('method', `Nothing here answers to ${method}: use ${methods.join(', ')}.`)
    if (!isJson(request.headers['content-type']) && !isLeaving(method, path)) {
      return refuse(
        'content_type',
        `${method} needs "Content-Type: application/json", with or without a body.`,
      )
    }
  }
  return Number(request.headers['content-length'] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined
}

export const tooLarge = (maxBodyBytes: number): Refusal =>
  refuse('too_large', `The body is larger than the ${maxBodyBytes} bytes that are accepted.`)

// How MCP clients say that they leave, without a body or its type. Nothing is there for it: it is answered that, and not
// with an error of the type, which clients show.
const isLeaving = (method: string, path: string): boolean => method === 'DELETE' && path === mcpPath

const isJson = (type: string | undefined): boolean => /^application\/json[ \t]*(;[^,]*)?$/i.test(type ?? '')
