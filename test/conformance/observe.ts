import assert from 'node:assert/strict'
import { type TSchema, Type } from '@sinclair/typebox'
import type { Api } from '../../src/contract/api.ts'
import { type OperationName, operations } from '../../src/contract/operations.ts'
import { findErrors } from '../../src/contract/validate.ts'

/** The Api, with every answer held against its operation's output schema, and noted by name. */
export function observe(api: Api, answered: Set<OperationName>): Api {
  return new Proxy(api, {
    get(target, name: OperationName | 'watchEvents') {
      if (!(name in operations)) return Reflect.get(target, name)
      return async (input?: never) => {
        const answer = await target[name as OperationName](input as never)
        assert.deepEqual(findErrors(outputOf(name as OperationName), answer), [], `what ${name} answered`)
        answered.add(name as OperationName)
        return answer
      }
    },
  })
}

const chunk = Type.Object({
  bytes: Type.Uint8Array(),
  offset: Type.Integer({ minimum: 0 }),
  next_offset: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 0 }),
  ended: Type.Boolean(),
})

const schemas = new Map<OperationName, TSchema>()

function outputOf(name: OperationName): TSchema {
  const { output } = operations[name]
  const schema = schemas.get(name) ?? closed(output === 'bytes' ? chunk : output)
  schemas.set(name, schema)
  return schema
}

/** The schema with its objects closed: an answer holds nothing that a serialiser would drop on the way. */
function closed(schema: TSchema): TSchema {
  const copy = { ...schema } as TSchema
  if (copy.properties) {
    copy.properties = Object.fromEntries(
      Object.entries(copy.properties as Record<string, TSchema>).map(([key, value]) => [key, closed(value)]),
    )
    copy.additionalProperties = false
  }
  if (copy.items) copy.items = closed(copy.items)
  if (copy.anyOf) copy.anyOf = copy.anyOf.map(closed)
  return copy
}
