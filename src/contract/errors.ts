/**
 * Every failure a user can cause or meet, as a closed list. `status` is the HTTP answer, `exit` the CLI's exit code;
 * the HTTP client rebuilds the error from its code, so it means the same on both sides of the wire.
 * Anything that is not a SparkqError is a bug: it is logged whole and shown as `internal`.
 */
export const errorCodes = {
  invalid: { status: 400, exit: 2, title: 'Invalid request' },
  forbidden: { status: 403, exit: 1, title: 'Not allowed' },
  not_found: { status: 404, exit: 3, title: 'Not found' },
  method_not_allowed: { status: 405, exit: 2, title: 'Method not allowed' },
  conflict: { status: 409, exit: 4, title: 'Conflict' },
  too_large: { status: 413, exit: 2, title: 'Too large' },
  unsupported_media_type: { status: 415, exit: 2, title: 'Unsupported media type' },
  /** The machine does not let us work: a folder that cannot be written, a full disk, a database from a newer version. */
  unusable: { status: 500, exit: 1, title: 'Cannot work here' },
  /** The disk is full: nothing was changed, and the same may work when there is room again. */
  no_space: { status: 507, exit: 1, title: 'No space left' },
  /** Another process holds the database for long. The same may work later. */
  busy: { status: 503, exit: 1, title: 'Busy' },
  unreachable: { status: 503, exit: 5, title: 'Not reachable' },
  internal: { status: 500, exit: 1, title: 'Internal error' },
} as const

export type ErrorCode = keyof typeof errorCodes

/** One wrong place in an input: `pointer` is a JSON pointer (`/payload/script_path`). */
export type FieldError = { pointer: string; detail: string }

/**
 * @property hint   the next command to type, one per line
 * @property errors the wrong places in the input, for `invalid`
 */
export class SparkqError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly errors: FieldError[]

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string | undefined; errors?: FieldError[]; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'SparkqError'
    this.code = code
    this.hint = more.hint
    this.errors = more.errors ?? []
  }
}

export const invalid = (message: string, more?: { hint?: string; errors?: FieldError[]; cause?: unknown }) =>
  new SparkqError('invalid', message, more)
export const notFound = (message: string, hint?: string) => new SparkqError('not_found', message, { hint })
export const conflict = (message: string, hint?: string) => new SparkqError('conflict', message, { hint })
export const unusable = (message: string, hint?: string, cause?: unknown) =>
  new SparkqError('unusable', message, { hint, cause })
