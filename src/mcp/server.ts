import {
  CLIENT_INFO_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { validate } from '../contract/validate.ts'
import { completeName } from './complete.ts'
import { errorText } from './errors.ts'
import { instructions, type TaskInHand, workPrompt, workText } from './prompt.ts'
import { listResources, type ReadPlaybook, readResource, templates } from './resources.ts'
import type { Call, Tool } from './tool.ts'
import { tools } from './tools.ts'

/**
 * What the tools work with.
 *
 * @property use      lends the Api for as long as something is done with it
 * @property inHand   the task that a runner has the assistant do, where it is started for one
 * @property link     what is known of a caller beside what its call says
 * @property stopping aborts when calls have to end
 * @property onBug    hears of what is told as an internal error
 */
export type Setting = {
  use<T>(action: (api: Api) => Promise<T>): Promise<T>
  readPlaybook: ReadPlaybook
  version: string
  inHand?: TaskInHand | undefined
  link(context: ServerContext): Link
  stopping: AbortSignal
  onBug(error: unknown): void
}

/**
 * @property worker       who claims, where the caller's name for itself is not enough
 * @property process      the assistant's, where it is known
 * @property conversation the assistant's own id of the conversation, where it tells one
 * @property signal       aborts when the call is given up in a way that its own connection does not hear of
 * @property done         the call is answered
 */
export type Link = {
  worker?: string | undefined
  process?: ProcessIdentity | undefined
  conversation?: string | undefined
  signal?: AbortSignal
  done?(): void
}

/** One connection's server: it keeps nothing between two calls. Every revision of the protocol is the SDK's matter. */
export function createServer(setting: Setting): Server {
  const { use, readPlaybook, version, inHand, onBug } = setting
  const server = new Server(
    { name: 'sparkq', title: 'SparkQ', version },
    {
      capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
      instructions: instructions(inHand),
    },
  )
  const told = <T>(action: () => Promise<T>): Promise<T> =>
    action().catch(error => {
      if (error instanceof ProtocolError) throw error
      throw new ProtocolError(ProtocolErrorCode.InternalError, errorText(error, onBug))
    })
  server.setRequestHandler('tools/list', () => ({ tools: described }))
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = tools.find(it => it.name === params.name)
    if (!tool) throw unknownTool(params.name)
    const link = setting.link(context)
    try {
      const call = callOf(context, link, setting.stopping)
      const worker = link.worker ?? workerId(clientName(server, context), link.conversation)
      return await runTool(setting, tool, params.arguments ?? {}, { ...call, worker, process: link.process })
    } finally {
      link.done?.()
    }
  })
  server.setRequestHandler('resources/list', () =>
    told(async () => ({ resources: await use(api => listResources(api, readPlaybook)) })),
  )
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: templates }))
  server.setRequestHandler('resources/read', ({ params }) =>
    told(async () => ({ contents: await use(api => readResource(api, readPlaybook, params.uri)) })),
  )
  server.setRequestHandler('prompts/list', () => ({ prompts: [workPrompt] }))
  server.setRequestHandler('prompts/get', ({ params }) => {
    if (params.name !== workPrompt.name)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `There is no prompt "${params.name}": there is ${workPrompt.name}.`,
      )
    const text = workText(params.arguments?.lane || 'default')
    return {
      description: workPrompt.description,
      messages: [{ role: 'user', content: { type: 'text', text } }],
    }
  })
  server.setRequestHandler('completion/complete', ({ params }) =>
    told(async () => ({
      completion: await use(api => completeName(api, params.argument.name, params.argument.value)),
    })),
  )
  return server
}

async function runTool({ use, onBug }: Setting, tool: Tool, input: unknown, call: Omit<Call, 'api'>) {
  try {
    validate(tool.input, input, 'The call')
    const { data, text } = await use(api => tool.run(input, { ...call, api }))
    return { content: [{ type: 'text' as const, text }], structuredContent: data }
  } catch (error) {
    // As a result and not as an error of the protocol: this is what a model gets to read.
    return { content: [{ type: 'text' as const, text: errorText(error, onBug) }], isError: true }
  }
}

const unknownTool = (name: string) =>
  new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no tool "${name}". There are: ${tools.map(it => it.name).join(', ')}.`,
  )

type Meta = Record<string, unknown> & { progressToken?: string | number }

function callOf(
  { mcpReq }: ServerContext,
  { conversation, signal }: Link,
  stopping: AbortSignal,
): Omit<Call, 'api' | 'worker' | 'process'> {
  const meta = (mcpReq._meta ?? {}) as Meta
  const { progressToken } = meta
  return {
    signal: AbortSignal.any([mcpReq.signal, stopping, ...(signal ? [signal] : [])]),
    key: keyOf(meta, conversation),
    tell: ({ done, total, message }) => {
      if (progressToken === undefined) return
      const params = { progressToken, progress: done, total, message }
      // Who has gone hears of nothing.
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
    },
  }
}

/**
 * What tells this call from any other: the id that Claude Code gives each use of a tool, and Codex each call within a
 * thread (measured with Claude Code 2.1.330 and Codex of November 2026). Others give none.
 */
function keyOf(meta: Meta, conversation = ''): string | undefined {
  const thread = (meta['x-codex-turn-metadata'] as { thread_id?: unknown } | undefined)?.thread_id
  const id = meta['claudecode/toolUseId'] ?? (typeof thread === 'string' ? meta.callId : undefined)
  if (typeof id !== 'string') return undefined
  const key = `mcp ${typeof thread === 'string' ? thread : conversation} ${id}`
  return key.length > 200 ? undefined : key
}

/** What the assistant calls itself: in its handshake, or since revision 2026-07-28 with every call. */
function clientName(server: Server, { mcpReq }: ServerContext): string | undefined {
  const sent = (mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_INFO_META_KEY]
  return (sent as { name?: string } | undefined)?.name ?? server.getClientVersion()?.name
}

/** `claude-code-1f0c…`: the assistant, and its conversation. */
export function workerId(client = 'mcp', conversation?: string | undefined): string {
  const name = client.replaceAll(/[^\w.-]+/g, '-').slice(0, 60)
  return conversation === undefined ? name : `${name}-${conversation.slice(0, 100)}`
}

/** As clients are told of them: plain JSON, and not to be deferred behind a search for tools. */
const described = tools.map(({ name, title, description, input, output, nature }) => ({
  name,
  title,
  description,
  inputSchema: plainSchema(input),
  outputSchema: plainSchema(output),
  annotations: {
    title,
    readOnlyHint: nature === 'reads',
    destructiveHint: false,
    idempotentHint: nature !== 'adds',
    openWorldHint: false,
  },
  _meta: { 'anthropic/alwaysLoad': true },
}))

/** Without what TypeBox keeps for itself. */
function plainSchema(schema: Tool['input']): { type: 'object' } {
  return JSON.parse(JSON.stringify(schema))
}
