import { Kind, type Static, type TObject, type TSchema, Type, TypeRegistry } from '@sinclair/typebox'

/** RFC 3339, UTC, milliseconds: `2026-01-31T22:14:03.120Z`. Texts of this form sort as times do. */
export const Timestamp = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
  description: 'RFC 3339, UTC, milliseconds',
})

/** A time as a caller may write it: RFC 3339 with any offset. */
export const TimestampInput = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?([Zz]|[+-]\\d\\d:\\d\\d)$',
  description: 'RFC 3339 with an offset, e.g. 2026-01-31T22:00:00Z',
})

/** A name as typed; trimmed it has 1 to 100 characters, which are not always as many code units. */
export const Name = Type.String({ minLength: 1, maxLength: 1000 })
export const Instructions = Type.String({ maxLength: 100_000 })
export const Seconds = Type.Integer({ minimum: 1, maximum: 31_536_000, description: 'seconds' })
export const Json = Type.Unknown({ description: 'any JSON' })
export const JsonObject = Type.Record(Type.String(), Type.Unknown(), { description: 'a JSON object' })

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

// TypeBox has no schema for `enum` over texts: this is its way to add one. In JSON it is plain `{type, enum}`.
TypeRegistry.Set<{ enum: string[] }>('OneOf', (schema, value) => schema.enum.includes(value as string))

export const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>({ [Kind]: 'OneOf', type: 'string', enum: [...values] })

/** An object that refuses fields it does not know. */
export const Strict = <T extends Record<string, TSchema>>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false })

/** What takes a task: its id, its friendly id (`AUTH-7`), or an unambiguous beginning of its id. */
export const TaskRef = Type.String({ minLength: 1, description: 'id, friendly id, or unambiguous id prefix' })
/** What takes a queue or a session: its name or its id. */
export const NameOrId = Type.String({ minLength: 1, description: 'name or id' })

export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
}

/** The answer to a listing: newest first, and where to go on. */
export const pageOf = <const K extends string, T extends TSchema>(key: K, item: T) =>
  Type.Object({ [key]: Type.Array(item), next_cursor: Nullable(Type.String()) } as {
    [P in K]: ReturnType<typeof Type.Array<T>>
  } & { next_cursor: ReturnType<typeof Nullable<ReturnType<typeof Type.String>>> })

/** The answer that carries one object: `{"task": {…}}`. */
export const one = <const K extends string, T extends TSchema>(key: K, item: T) =>
  Type.Object({ [key]: item } as { [P in K]: T })

export type Page<K extends string, T extends TSchema> = Static<ReturnType<typeof pageOf<K, T>>>
