import type { TSchema } from '@sinclair/typebox'
import { ValueErrorType as Kind, Value, type ValueError } from '@sinclair/typebox/value'
import { type FieldError, SparkqError } from './errors.ts'

/** Every place where `value` does not fit `schema`, as a JSON pointer and half a sentence ("must be …"). */
export function findErrors(schema: TSchema, value: unknown): FieldError[] {
  if (Value.Check(schema, value)) return []
  const found = new Map<string, FieldError>()
  for (const error of Value.Errors(schema, value)) {
    // The first complaint about a place is the telling one; the rest follow from it.
    if (!found.has(error.path)) found.set(error.path, { pointer: error.path, detail: describe(error) })
  }
  return [...found.values()]
}

/** Rejects what does not fit, in one sentence that names the first wrong place. */
export function validate(schema: TSchema, value: unknown, what: string): void {
  const errors = findErrors(schema, value)
  if (errors[0]) throw new SparkqError('invalid', sentence(errors[0], what), { errors })
}

function sentence({ pointer, detail }: FieldError, what: string): string {
  const place = pointer.slice(1).replaceAll('/', '.') || what
  return `${place} ${detail}.`
}

function describe(error: ValueError): string {
  const { schema } = error
  switch (error.type) {
    case Kind.ObjectAdditionalProperties:
      return schema.patternProperties ? 'is not a possible name' : 'is not a known field'
    case Kind.ObjectRequiredProperty:
      return 'is missing'
    case Kind.StringMinLength:
      return schema.minLength === 1
        ? 'must not be empty'
        : `must have at least ${schema.minLength} characters`
    case Kind.StringMaxLength:
      return `must have at most ${schema.maxLength} characters`
    default:
      return `must be ${expectation(schema)}`
  }
}

function expectation(schema: TSchema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) {
    const kinds: string[] = schema.anyOf.map(expectation)
    return [...new Set(kinds)].join(' or ')
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`
    case 'number':
      return `a number${range(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return schema.minItems ? 'a list that is not empty' : 'a list'
    case 'object':
      return 'an object'
    case 'null':
      return 'null'
    case 'string':
      return schema.description && schema.pattern ? `a text (${schema.description})` : 'a text'
    default:
      return schema.description ?? 'something else'
  }
}

function range({ minimum, maximum }: TSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  if (maximum !== undefined) return ` of at most ${maximum}`
  return ''
}
