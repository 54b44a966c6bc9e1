import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type ErrorCode, errorCodes, SparkqError } from '../contract/errors.ts'
import type { Failure, Outgoing, Transport } from './transport.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** How long is waited before each further try. */
export type Retry = { pausesMs: number[] }
/** Bridges the restart of a server. */
export const usualRetry: Retry = { pausesMs: [100, 300, 600, 1000] }

/**
 * Sends a request and reads its answer. What surely did not reach the server is tried again, and so is what may have,
 * if it is `repeatable`: saying it twice means what saying it once does.
 * @throws unreachable; where the request may have been carried out all the same, the sentence says so
 */
export async function exchange(
  transport: Transport,
  outgoing: Outgoing,
  { what, repeatable, retry }: { what: string; repeatable: boolean; retry: Retry },
): Promise<Answer> {
  const changes = outgoing.method !== 'GET'
  let doubtful = false
  for (let tries = 0; ; tries++) {
    const outcome = await once(transport, outgoing)
    if (!('failure' in outcome)) return outcome
    doubtful ||= outcome.reached && changes
    const pause = retry.pausesMs[tries]
    const again = isPassing(outcome.failure) && (repeatable || !outcome.reached)
    if (!again || pause === undefined) {
      throw doubtful ? unknownOutcome(transport, what, outcome) : unreachable(transport, outcome)
    }
    await delay(pause, undefined, { signal: outgoing.signal }).catch(() => {
      throw unreachable(transport, outcome)
    })
  }
}

async function once(transport: Transport, outgoing: Outgoing): Promise<Answer | Failure> {
  const opened = await transport.open(outgoing)
  if ('failure' in opened) return opened
  const { res } = opened
  try {
    const chunks: Buffer[] = []
    for await (const chunk of res) chunks.push(chunk)
    return { status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }
  } catch (failure) {
    return { failure: failure as Error, reached: true }
  }
}

/** A failure that may be over in a moment; a name that is not known will not be. */
export function isPassing({ code, name }: NodeJS.ErrnoException): boolean {
  return name !== 'AbortError' && !['ENOTFOUND', 'ESILENT', 'EINVAL'].includes(code ?? '')
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no machine of that name is known',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'that machine does not answer',
  ECONNRESET: 'it broke the connection off',
  EPIPE: 'it broke the connection off',
}

export function unreachable(transport: Transport, { failure }: Pick<Failure, 'failure'>): SparkqError {
  const why = reasons[failure.code ?? ''] ?? failure.message
  return new SparkqError('unreachable', `No SparkQ server answers at ${transport.shown}: ${why}.`, {
    hint: 'sparkq start',
    cause: failure,
  })
}

function unknownOutcome(transport: Transport, what: string, { failure }: Failure): SparkqError {
  return new SparkqError(
    'unreachable',
    `The connection to ${transport.shown} broke before it answered: whether this was done is not known (${what}).`,
    { hint: 'sparkq status', cause: failure },
  )
}

/** The error that an answer reports. */
export function errorFrom(transport: Transport, { status, headers, body }: Answer): SparkqError {
  if (headers['content-type']?.startsWith('application/problem+json')) {
    const problem = parse(body) as { code?: string; detail?: string; hint?: string; errors?: [] } | undefined
    if (problem?.code !== undefined && Object.hasOwn(errorCodes, problem.code)) {
      const { code, detail = '', hint, errors = [] } = problem
      return new SparkqError(code as ErrorCode, detail, { hint, errors })
    }
  }
  return notSparkq(transport, status)
}

export function notSparkq(transport: Transport, status: number): SparkqError {
  return new SparkqError(
    'unreachable',
    `What answers at ${transport.shown} is not a SparkQ server that this SparkQ understands (HTTP ${status}).`,
    { hint: 'sparkq status' },
  )
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
