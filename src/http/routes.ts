import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Api, Input, OutputChunk } from '../contract/api.ts'
import { type Operation, type OperationName, operations } from '../contract/operations.ts'
import { chunkHeaders, followOutput, plainHeaders, takeFollow } from './output.ts'
import { readInput } from './request.ts'
import type { Streams } from './streams.ts'

const rows = Object.entries(operations) as [OperationName, Operation][]

/** One route for each row of the table. */
export function addOperations(app: FastifyInstance, api: Api, streams: Streams): void {
  for (const [name, operation] of rows) {
    const { method, path, output, status = 200 } = operation
    const call = api[name] as (input: unknown) => Promise<unknown>
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const given = readInput(operation, request)
        if (output !== 'bytes') {
          const answer = await call(given)
          if (status === 201) addLocation(reply, path, answer)
          return reply.code(status).send(answer)
        }
        const { input, follow } = name === 'readOutput' ? takeFollow(given) : { input: given, follow: false }
        // Also before following: what is wrong with the input is answered as a problem, not in the stream.
        const chunk = (await call(follow ? { ...input, limit: 1 } : input)) as OutputChunk
        if (!follow)
          return reply.headers({ ...plainHeaders, ...chunkHeaders(chunk) }).send(Buffer.from(chunk.bytes))
        const headers = { ...plainHeaders, 'Sparkq-Offset': String(chunk.offset) }
        return streams.send(request, reply, { headers }, signal =>
          followOutput(api, input as Input<'readOutput'>, signal),
        )
      },
    })
  }
}

const gettable = new Set(rows.filter(([, { method }]) => method === 'GET').map(([, { path }]) => path))

/** Where the one thing that was made can be got: `{"task": {"id": …}}` → `/api/tasks/…`. */
function addLocation(reply: FastifyReply, path: string, answer: unknown): void {
  const [made] = Object.values(answer as Record<string, unknown>)
  const collection = path.split('/', 3).join('/')
  if (!gettable.has(`${collection}/{id}`)) return
  const { id } = (made ?? {}) as { id?: unknown }
  if (typeof id === 'string') reply.header('Location', `${collection}/${id}`)
}
