import type { TObject, TSchema } from '@sinclair/typebox'
import { type FieldError, invalid } from '../contract/errors.ts'
import type { Operation } from '../contract/operations.ts'

export type Fields = Record<string, unknown>

/**
 * The input of an operation, gathered from path, query (GET) and body. Texts from path and query are converted to what
 * the schema says; what cannot be stays a text, for the gate in `core` to refuse with its pointer.
 * @throws invalid for a field that is given twice, or in the wrong place
 */
export function readInput(
  { method, input }: Pick<Operation, 'method' | 'input'>,
  { url, params, body }: { url: string; params: unknown; body: unknown },
): Fields {
  const named = convert(input, Object.entries(params as Record<string, string>))
  const query = readQuery(url)
  if (method !== 'GET') refuse(query, 'belongs into the JSON body', 'This operation takes no query')
  const rest = method === 'GET' ? convert(input, query) : readBody(body)
  const twice = Object.keys(rest).filter(key => Object.hasOwn(named, key))
  refuse(
    twice.map(key => [key, '']),
    'is already said by the path',
    'What the path says cannot be said again',
  )
  return { ...rest, ...named }
}

/** The fields of a query, decoded once. */
export function readQuery(url: string): [string, string][] {
  const at = url.indexOf('?')
  if (at < 0) return []
  const parts = url
    .slice(at + 1)
    .split('&')
    .filter(part => part !== '')
  const fields = parts.map(part => {
    const equals = part.indexOf('=')
    return equals < 0
      ? ([decode(part), ''] as [string, string])
      : ([decode(part.slice(0, equals)), decode(part.slice(equals + 1))] as [string, string])
  })
  const keys = fields.map(([key]) => key)
  refuse(
    fields.filter(([key], at) => keys.indexOf(key) !== at),
    'is given twice',
    'A field can be given once',
  )
  return fields
}

export function convert(schema: TObject, fields: [string, string][]): Fields {
  const known: Record<string, TSchema> = schema.properties
  return Object.fromEntries(
    fields.map(([key, text]) => [key, Object.hasOwn(known, key) ? valueFrom(known[key], text) : text]),
  )
}

function valueFrom(schema: TSchema | undefined, text: string): unknown {
  switch (schema?.type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text
  }
}

function readBody(body: unknown): Fields {
  if (body === undefined) return {}
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields
  throw invalid('The body must be a JSON object.', { errors: [{ pointer: '', detail: 'must be an object' }] })
}

function refuse(fields: [string, string][], detail: string, sentence: string): void {
  if (fields.length === 0) return
  const errors: FieldError[] = fields.map(([key]) => ({ pointer: pointerTo(key), detail }))
  throw invalid(`${sentence}: ${fields.map(([key]) => key).join(', ')} ${detail}.`, { errors })
}

const pointerTo = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalid(
      'The query is not well-formed: a % in it is not followed by two hexadecimal digits of UTF-8.',
    )
  }
}
