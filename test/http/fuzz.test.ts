import assert from 'node:assert/strict'
import http from 'node:http'
import { type TestContext, test } from 'node:test'
import type { TSchema } from '@sinclair/typebox'
import fc from 'fast-check'
import { type Operation, operations } from '../../src/contract/operations.ts'
import { openProject } from '../support/project.ts'
import { connect, send } from './raw.ts'
import { serve } from './serve.ts'

async function open(t: TestContext) {
  const { core } = openProject(t)
  const serving = await serve(t, core)
  await core.createSession({ name: 's' })
  for (const name of ['auth', 'web']) {
    await core.createQueue({ session_id: 's', name })
    for (let n = 0; n < 5; n++) {
      await core.createTask({ queue_id: name, tool_name: 'run-bash', payload: { command: 'true' } })
    }
  }
  await core.claimTask({ id: 'auth', claim_key: 'k' })
  await core.claimTask({ id: 'web' })
  await core.failTask({ id: 'WEB-1', error_message: 'No.' })
  // One connection: the guard looks up who is at the other end of each.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  return { core, agent, ...serving }
}

const refs = fc.constantFrom('s', 'auth', 'web', 'AUTH-1', 'AUTH-2', 'WEB-1', 'web-2', 'tsk_', 'nothing', '5')

/** A value that fits the schema, as near as it matters. */
function fitting(schema: TSchema, key = ''): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((part: TSchema) => fitting(part, key)))
  switch (schema.type) {
    case 'object':
      return schema.properties ? fittingObject(schema) : payload
    case 'array':
      return fc.array(fitting(schema.items), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 500, 500) })
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 100, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      if (key === 'id' || key.endsWith('_id')) return refs
      if (schema.pattern)
        return fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
          .map(it => it.toISOString())
      return fc.string({ unit: 'binary', minLength: schema.minLength ?? 0, maxLength: 20 })
    default:
      return fc.jsonValue()
  }
}

const payload = fc.oneof(
  fc.constant({ command: 'true' }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
)

function fittingObject({ properties, required = [] }: TSchema): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.fromEntries(
    Object.entries(properties as Record<string, TSchema>).map(([key, schema]) => [key, fitting(schema, key)]),
  )
  return fc.record(fields, { requiredKeys: required as string[] })
}

/** The same with something in it that does not belong there. */
const spoilt = (input: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      input,
      fc.nat(),
      fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e308, '', '\0', '💥'.repeat(50), null, [], {})),
    )
    .map(([fields, at, value]) => {
      const keys = [...Object.keys(fields), 'nonsense']
      return { ...fields, [keys[at % keys.length] as string]: value }
    })

const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function requestOf({ method, path }: Operation, fields: Record<string, unknown>) {
  const rest = { ...fields }
  const at = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const text = asText(rest[key]).toWellFormed()
    delete rest[key]
    return encodeURIComponent(text) || 'nothing'
  })
  if (method !== 'GET') return { at, json: rest }
  const query = new URLSearchParams(Object.entries(rest).map(([key, value]) => [key, asText(value)]))
  return { at: `${at}?${query}`, json: undefined }
}

for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
  test(`${name} answers whatever it is sent, and never breaks`, async t => {
    const { port, errors, agent } = await open(t)
    const input = fittingObject(operation.input)
    await fc.assert(
      fc.asyncProperty(fc.oneof(input, spoilt(input)), async fields => {
        const { at, json } = requestOf(operation, fields)
        const answer = await send(port, operation.method, at, { agent, json })
        assert.ok(answer.status < 500, `${operation.method} ${at} ${JSON.stringify(json)}: ${answer.body}`)
        if (answer.status >= 400) assert.ok((answer.json as { code?: string }).code)
      }),
      { numRuns: 40, interruptAfterTimeLimit: 20_000, timeout: 10_000, seed: 20_260_301 },
    )
    assert.deepEqual(errors, [])
  })
}

test('bytes that are no HTTP, or begin as such, do not disturb it', async t => {
  const { port, errors } = await open(t)
  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'GET ',
      'POST ',
      '/api/tasks',
      '/../',
      '%00',
      ' HTTP/1.1\r\n',
      `Host: 127.0.0.1:${port}\r\n`,
      '\r\n',
      '\r\n\r\n',
    ),
    fc.constantFrom(
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Content-Type: application/json\r\n',
      '0\r\n\r\n',
      '{"a":',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async parts => {
      const raw = connect({ after: () => {} }, port, parts.join(''))
      raw.socket.end()
      await raw.closed
    }),
    { numRuns: 200, interruptAfterTimeLimit: 20_000, seed: 20_260_302 },
  )
  assert.equal((await send(port, 'GET', '/health')).status, 200)
  assert.deepEqual(errors, [])
})
