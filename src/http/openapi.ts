import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import { errorCodes } from '../contract/errors.ts'
import { type Operation, operations } from '../contract/operations.ts'
import { EventsInput, eventsPath } from './events.ts'
import { type JsonSchema, namedSchemas, schemaOf } from './openapi-schemas.ts'

export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}
export type ResponseOrRef = {
  description?: string
  content?: Record<string, { schema: JsonSchema }>
  $ref?: string
}
export type DocumentedOperation = {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, ResponseOrRef & { headers?: JsonSchema }>
}
export type OpenApi = {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, JsonSchema>; responses: Record<string, ResponseOrRef> }
}

/** The OpenAPI document of everything the server answers. */
export function buildOpenApi(version: string): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
    const { path, method } = operation
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, operation) }
  }
  paths[eventsPath] = { get: eventStream }
  return {
    openapi: '3.1.0',
    info: {
      title: 'SparkQ',
      version,
      description:
        'The HTTP API of SparkQ, a local job queue for one developer. Times are RFC 3339 in UTC, durations are seconds. ' +
        'Whatever is not a GET needs `Content-Type: application/json`. Unknown fields are refused, nothing is coerced. ' +
        'From this machine nothing else is needed; from another one, `Authorization: Bearer` and the token of `sparkq status --token`.',
    },
    paths,
    components: { schemas: namedSchemas(), responses: { Problem: problemResponse } },
  }
}

const problem = { $ref: '#/components/responses/Problem' }
const problemResponse: ResponseOrRef = {
  description: `Refused. By code: ${Object.entries(errorCodes)
    .map(([code, { status }]) => `${code} ${status}`)
    .join(', ')}`,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function describe(name: string, operation: Operation): DocumentedOperation {
  const { method, path, summary, input, output, status = 200 } = operation
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string))
  const fields = Object.entries(input.properties as Record<string, TSchema>)
  const parameters = fields
    .filter(([key]) => inPath.has(key) || method === 'GET')
    .map(([key, schema]) => parameter(key, schema, inPath.has(key) ? 'path' : 'query', input))
  if (name === 'readOutput') parameters.push(follow)
  return {
    operationId: name,
    tags: [tagOf(path)],
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === 'GET' ? {} : bodyOf(input, inPath)),
    responses: { [status]: output === 'bytes' ? bytes : answer(output), default: problem },
  }
}

function tagOf(path: string): string {
  const [, first = '', second] = path.split('/')
  return first === 'api' && second !== undefined ? second : 'service'
}

function parameter(name: string, schema: TSchema, where: Parameter['in'], input: TObject): Parameter {
  const { description, ...rest } = schemaOf(schema)
  const required = where === 'path' || ((input.required as string[] | undefined) ?? []).includes(name)
  return {
    name,
    in: where,
    required,
    ...(description === undefined ? {} : { description: String(description) }),
    schema: rest,
  }
}

/** What the path does not name. A body is needed only where a field is. */
function bodyOf(input: TObject, inPath: Set<string>): Pick<DocumentedOperation, 'requestBody'> {
  const { properties, required = [], ...rest } = input
  const left = Object.entries(properties).filter(([key]) => !inPath.has(key))
  if (left.length === 0) return {}
  const needed = (required as string[]).filter(key => !inPath.has(key))
  const whole = inPath.size === 0 ? input : { ...rest, properties: Object.fromEntries(left) }
  const schema = schemaOf(
    (inPath.size > 0 && needed.length > 0 ? { ...whole, required: needed } : whole) as TSchema,
  )
  return { requestBody: { required: needed.length > 0, content: { 'application/json': { schema } } } }
}

const answer = (output: TSchema): ResponseOrRef => ({
  description: 'Done',
  content: { 'application/json': { schema: schemaOf(output) } },
})

const header = (description: string, schema: TSchema) => ({ description, schema: schemaOf(schema) })
const bytes = {
  description: 'The bytes, as they were written',
  headers: {
    'Sparkq-Offset': header('where these bytes begin', Type.Integer()),
    'Sparkq-Next-Offset': header('pass as `offset` to go on', Type.Integer()),
    'Sparkq-Total': header('how many there are by now', Type.Integer()),
    'Sparkq-Ended': header('the attempt is over: nothing more will come', Type.Boolean()),
  },
  content: { 'text/plain': { schema: { type: 'string' } } },
}

const follow: Parameter = {
  name: 'follow',
  in: 'query',
  required: false,
  description: 'go on sending what is written until the attempt has ended; not with `limit`',
  schema: { type: 'boolean' },
}

const eventStream: DocumentedOperation = {
  operationId: 'watchEvents',
  tags: ['events'],
  summary: 'Hear what happens, as it happens',
  description:
    'Server-sent events: `id` is the seq, `event` the name, `data` an Event. The first one is `hello`, whose id is where ' +
    'the stream starts. `reset` comes before it when the log cannot go on from the id that was given: read anew what you show.',
  parameters: [
    ...Object.entries(EventsInput.properties).map(([key, schema]) =>
      parameter(key, schema, 'query', EventsInput),
    ),
    {
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      description: 'the id of the last event seen; goes before `after`',
      schema: { type: 'integer', minimum: 0 },
    },
  ],
  responses: {
    200: {
      description: 'A stream without end',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    default: problem,
  },
}
