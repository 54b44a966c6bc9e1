import { type ErrorCode, errorCodes } from '../../contract/errors.ts'

/** Why a request was turned away; what refusals are counted by. */
export type Reason =
  | 'host'
  | 'cross_site'
  | 'origin'
  | 'content_type'
  | 'token'
  | 'too_large'
  | 'malformed'
  | 'method'
  | 'path'

/**
 * @property message a sentence: what is wrong and which setting or command mends it
 * @property hint    the next command to type
 */
export type Refusal = {
  status: 400 | 403 | 405 | 413 | 415
  code: ErrorCode
  reason: Reason
  message: string
  hint?: string
}

const codes = {
  host: 'forbidden',
  cross_site: 'forbidden',
  origin: 'forbidden',
  content_type: 'unsupported_media_type',
  token: 'forbidden',
  too_large: 'too_large',
  malformed: 'invalid',
  method: 'method_not_allowed',
  path: 'invalid',
} as const satisfies Record<Reason, ErrorCode>

export const reasons = Object.keys(codes) as Reason[]

export function refuse(reason: Reason, message: string, hint?: string): Refusal {
  const code = codes[reason]
  return { status: errorCodes[code].status, code, reason, message, ...(hint !== undefined && { hint }) }
}

/** The problem document (RFC 9457) that answers a refused request. */
export function problem({ status, code, message, hint }: Refusal) {
  return {
    type: `/docs#error-${code}`,
    title: errorCodes[code].title,
    status,
    detail: message,
    code,
    errors: [],
    ...(hint !== undefined && { hint }),
  }
}

/** What a stranger sent, for a sentence of ours: short, printable. */
export function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?')
  return `"${printable.length > longest ? `${printable.slice(0, longest)}…` : printable}"`
}

const longest = 100
