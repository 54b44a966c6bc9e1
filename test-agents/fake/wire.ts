import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Account, Move } from './script.ts'

/** One request to a model, and where its answer goes. */
export type Exchange = {
  body: Record<string, unknown>
  headers: IncomingHttpHeaders
  response: ServerResponse
  account: Account
  /** Seconds since 1970. */
  now: number
  tokens: Tokens
  /** Says what was understood of the request and what comes now, before it comes. */
  note(told: Told): void
}

/** What every answer is said to have cost. */
export type Tokens = { input: number; output: number }

export type Told = { model: string; session: string | null; texts: string[]; move: Move }

export type Refusal = { status: number; headers?: Record<string, string>; body: unknown }

export const newId = (prefix: string) => prefix + randomBytes(12).toString('hex')

export function sendJson(response: ServerResponse, { status, headers = {}, body }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Begins a stream of server-sent events. */
export function openStream(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers })
}

/** Says a word each quarter of a second. @returns the whole text, or null when the client went away */
export async function drip(
  response: ServerResponse,
  seconds: number,
  say: (word: string) => void,
): Promise<string | null> {
  const end = performance.now() + seconds * 1000
  let text = ''
  for (let i = 1; performance.now() < end; i++) {
    if (response.destroyed) return null
    const word = `word${i} `
    say(word)
    text += word
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  return response.destroyed ? null : text
}

/** Breaks the connection once what was written had its chance to arrive. */
export async function breakOff(response: ServerResponse): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 100))
  response.destroy()
}

/** The tool that is meant, by its whole name or how that ends. */
export function findTool<T extends { name: string }>(tools: T[], wanted: string): T | undefined {
  return tools.find(({ name }) => name === wanted) ?? tools.find(({ name }) => name.endsWith(wanted))
}

export const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? (value as Record<string, unknown>[]) : []
