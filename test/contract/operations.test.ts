import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TSchema } from '@sinclair/typebox'
import { type Operation, operations } from '../../src/contract/operations.ts'

const rows = Object.entries(operations) as [string, Operation][]
const placesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string)

test('no two operations have the same method and path', () => {
  const doors = rows.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
  assert.deepEqual(
    doors.filter((door, at) => doors.indexOf(door) !== at),
    [],
  )
})

for (const [name, { method, path, summary, input, output, status }] of rows) {
  test(`${name} is well-formed`, () => {
    assert.match(path, /^(\/api|\/health|\/stats)(\/[a-z-]+|\/\{\w+\})*$/)
    assert.match(summary, /^[A-Z].*[^.]$/)
    const required = (input as { required?: string[] }).required ?? []
    for (const place of placesIn(path)) assert.ok(required.includes(place), `${place} is required`)
    assert.equal(input.additionalProperties, false, 'its input is strict')
    assert.ok(status === undefined || (status === 201 && method === 'POST'))
    if (output !== 'bytes') assert.equal(output.type, 'object')
    if (name.startsWith('list') && 'limit' in input.properties) {
      assert.ok((output as TSchema).properties.next_cursor, 'a list in pages says where to go on')
    }
  })

  test(`every object that ${name} takes is strict`, () => {
    for (const schema of objectsIn(input)) assert.equal(schema.additionalProperties, false)
  })

  if (method === 'GET') {
    test(`what ${name} takes fits into a query`, () => {
      for (const [key, schema] of Object.entries(input.properties as Record<string, TSchema>)) {
        assert.ok(['string', 'integer', 'number', 'boolean'].includes(schema.type), key)
      }
    })
  }
}

/** The objects with fixed fields that a schema is made of; those of a payload are its tool's to check. */
function objectsIn(schema: TSchema): TSchema[] {
  const parts: TSchema[] = [...Object.values((schema.properties ?? {}) as Record<string, TSchema>)]
  parts.push(...((schema.anyOf ?? []) as TSchema[]))
  if (schema.items) parts.push(schema.items)
  return [...(schema.properties ? [schema] : []), ...parts.flatMap(objectsIn)]
}
