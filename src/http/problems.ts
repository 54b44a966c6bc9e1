import { errorCodes, type FieldError, SparkqError } from '../contract/errors.ts'

/** An error as it crosses the wire (RFC 9457). `code`, `errors` and `hint` are what a SparkqError is rebuilt from. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors: FieldError[]
  hint?: string
}

export const problemType = 'application/problem+json; charset=utf-8'

export function problemOf({ code, message, errors, hint }: SparkqError): Problem {
  const { title, status } = errorCodes[code]
  return {
    type: `/docs#error-${code}`,
    title,
    status,
    // What went wrong inside is for the log.
    detail: code === 'internal' ? 'Something went wrong inside SparkQ; its log says what.' : message,
    code,
    errors,
    ...(hint === undefined ? {} : { hint }),
  }
}

/** What Fastify and Node throw on a bad request, as the error it is; anything else is a bug. */
export function toSparkqError(error: unknown): SparkqError {
  if (error instanceof SparkqError) return error
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new SparkqError('too_large', 'The body is larger than this server takes.')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new SparkqError('unsupported_media_type', 'A body must be JSON: Content-Type: application/json.')
    case 'FST_ERR_BAD_URL':
      return new SparkqError('invalid', 'The address is not well-formed.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new SparkqError('invalid', 'A part of the address is too long.')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new SparkqError('invalid', message ?? 'The request is not well-formed.')
  }
  return new SparkqError('internal', 'Internal error.', { cause: error })
}
