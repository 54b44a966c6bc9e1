import type { ServerResponse } from 'node:http'
import { type Fault, type Move, nextMove, type Turn } from './script.ts'
import {
  breakOff,
  drip,
  type Exchange,
  findTool,
  list,
  newId,
  openStream,
  type Refusal,
  sendJson,
} from './wire.ts'

type Item = Record<string, unknown> & { type: string; id: string }
type Tool = { name: string; namespace?: string }

/** `POST /v1/responses` as Codex uses it: https://platform.openai.com/docs/api-reference/responses-streaming */
export async function answerResponses(exchange: Exchange): Promise<void> {
  const { body, headers, response, account, now } = exchange
  const turns = readTurns(body)
  const move = nextMove(turns, account, now)
  const session = headers.session_id ?? headers['session-id'] ?? headers.conversation_id
  exchange.note({
    model: String(body.model),
    session: (session as string | undefined) ?? null,
    texts: turns.flatMap(turn => (turn.from === 'user' ? [turn.text] : [])),
    move,
  })
  if (move.kind === 'hang') return
  if (move.kind === 'fault' && move.fault.kind !== 'cut')
    return sendJson(response, refusalOf(move.fault, now))
  await send(exchange, move)
}

/** What Codex tells the model of machine and project comes as a user's message, in tags. */
const remark = /^\s*(<\w+>|# AGENTS\.md)/

function readTurns(body: Record<string, unknown>): Turn[] {
  if (typeof body.input === 'string') return [{ from: 'user', text: body.input }]
  return list(body.input).flatMap((item): Turn[] => {
    const type = String(item.type ?? 'message')
    if (type.endsWith('_call_output')) return [{ from: 'tool', text: resultText(item.output) }]
    if (type.endsWith('_call')) return [{ from: 'model' }]
    if (type !== 'message') return []
    if (item.role === 'assistant') return [{ from: 'model' }]
    const text = plainText(item.content)
    return item.role === 'user' && !remark.test(text) ? [{ from: 'user', text }] : []
  })
}

const plainText = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map(part => String(part.text ?? ''))
        .join('\n')

/** Codex writes how a command ended above what it wrote. */
function resultText(output: unknown): string {
  const text = plainText(output)
  return /(?:^|\n)Output:\n([\s\S]*)$/.exec(text)?.[1] ?? text
}

/** Tools come one by one, or several in a namespace. */
const toolsOf = (body: Record<string, unknown>): Tool[] =>
  list(body.tools).flatMap(tool => {
    if (tool.type !== 'namespace') return [{ name: String(tool.name ?? tool.type) }]
    return list(tool.tools).map(inner => ({ name: String(inner.name), namespace: String(tool.name) }))
  })

/** The shell tools of Codex's versions, and how each takes a command. */
const shells: Record<string, (command: string) => Record<string, unknown>> = {
  exec_command: command => ({ cmd: command }),
  shell_command: command => ({ command }),
  shell: command => ({ command: ['bash', '-lc', command] }),
}

function itemsFor(move: Move, body: Record<string, unknown>): Item[] {
  const tools = toolsOf(body)
  const call = (tool: Tool | undefined, wanted: string, input: Record<string, unknown>): Item[] =>
    tool
      ? [
          {
            ...{ type: 'function_call', id: newId('fc_'), call_id: newId('call_'), status: 'completed' },
            ...{ ...tool, arguments: JSON.stringify(input) },
          },
        ]
      : [message(`There is no tool ${wanted} among ${tools.map(({ name }) => name).join(', ')}.`)]
  switch (move.kind) {
    case 'shell': {
      const tool = tools.find(({ name }) => name in shells)
      return call(tool, 'for a shell', shells[tool?.name ?? '']?.(move.command) ?? {})
    }
    case 'call':
      return call(findTool(tools, move.tool), move.tool, move.input)
    case 'say': {
      const summary = [{ type: 'summary_text', text: move.thought }]
      const thought: Item = { type: 'reasoning', id: newId('rs_'), summary, encrypted_content: 'c2lnbmVk' }
      return move.thought ? [thought, message(move.text)] : [message(move.text)]
    }
    case 'refuse':
      return [message("I can't help with that.")]
    case 'full':
      return [message('This is cut')]
    default:
      return [message('')]
  }
}

const message = (text: string): Item => ({
  ...{ type: 'message', id: newId('msg_'), role: 'assistant', status: 'completed' },
  content: [{ type: 'output_text', text, annotations: [] }],
})

async function send({ body, response, now, tokens }: Exchange, move: Move): Promise<void> {
  const items = itemsFor(move, body)
  const usage = {
    ...{ input_tokens: tokens.input, input_tokens_details: { cached_tokens: 0 } },
    ...{ output_tokens: tokens.output, output_tokens_details: { reasoning_tokens: 0 } },
    total_tokens: tokens.input + tokens.output,
  }
  const base = {
    ...{ id: newId('resp_'), object: 'response', created_at: Math.floor(now), model: body.model },
    ...{ status: 'in_progress', output: [] as Item[], error: null, incomplete_details: null },
  }
  const completed = { ...base, status: 'completed', output: items, usage }
  if (!body.stream) return sendJson(response, { status: 200, body: completed })
  openStream(response, { 'x-request-id': newId('req_') })
  const tell = teller(response)
  tell('response.created', { response: base })
  for (const [index, item] of items.entries()) {
    const isComplete =
      item.type === 'message'
        ? await sendMessage(response, tell, index, item, move)
        : sendItem(tell, index, item)
    if (!isComplete) return
  }
  tell('response.completed', { response: completed })
  response.end()
}

type Tell = (type: string, fields: Record<string, unknown>) => void

function teller(response: ServerResponse): Tell {
  let number = 0
  return (type, fields) => {
    const data = JSON.stringify({ type, sequence_number: number++, ...fields })
    response.write(`event: ${type}\ndata: ${data}\n\n`)
  }
}

function sendItem(tell: Tell, index: number, item: Item): true {
  tell('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress' } })
  tell('response.output_item.done', { output_index: index, item })
  return true
}

/** @returns whether the message came to its end */
async function sendMessage(
  response: ServerResponse,
  tell: Tell,
  index: number,
  item: Item,
  move: Move,
): Promise<boolean> {
  const [part] = item.content as [{ text: string }]
  const place = { item_id: item.id, output_index: index, content_index: 0 }
  const say = (delta: string) => tell('response.output_text.delta', { ...place, delta })
  tell('response.output_item.added', {
    output_index: index,
    item: { ...item, status: 'in_progress', content: [] },
  })
  tell('response.content_part.added', { ...place, part: { ...part, text: '' } })
  if (move.kind === 'slow') {
    const text = await drip(response, move.seconds, say)
    if (text === null) return false
    part.text = text
  } else if (move.kind === 'fault') {
    say('Half of an ans')
    await breakOff(response)
    return false
  } else say(part.text)
  tell('response.output_text.done', { ...place, text: part.text })
  tell('response.content_part.done', { ...place, part })
  tell('response.output_item.done', { output_index: index, item })
  return true
}

/** The bodies are those by which Codex 0.169.0 was seen to recognise each fault; its limits stand in headers. */
function refusalOf(fault: Fault, now: number): Refusal {
  const refuse = (status: number, type: string, code: string | null, text: string, more = {}): Refusal => ({
    status,
    headers: { 'x-request-id': newId('req_') },
    body: { error: { message: text, type, param: null, code, ...more } },
  })
  switch (fault.kind) {
    case 'limit': {
      const resetsAt = Math.floor(fault.resetsAt)
      const seconds = Math.max(1, Math.ceil(fault.resetsAt - now))
      const told = { plan_type: 'plus', resets_at: resetsAt, resets_in_seconds: seconds }
      const refusal = refuse(429, 'usage_limit_reached', null, 'The usage limit has been reached', told)
      const minutes = fault.window === 'five_hour' ? 300 : 10_080
      return {
        ...refusal,
        headers: { ...refusal.headers, ...windowHeaders('primary', 100, minutes, resetsAt, seconds) },
      }
    }
    case 'rate': {
      const refusal = refuse(
        429,
        'rate_limit_exceeded',
        'rate_limit_exceeded',
        'Rate limit reached. Please try again in 1s.',
      )
      return { ...refusal, headers: { ...refusal.headers, 'retry-after': '1' } }
    }
    case 'overload':
      return refuse(503, 'server_error', 'server_is_overloaded', 'The server is overloaded.')
    case 'logout':
      return refuse(401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.')
    case 'no-credit':
      return refuse(429, 'insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.')
    case 'too-long':
      return refuse(
        400,
        'invalid_request_error',
        'context_length_exceeded',
        'Your input exceeds the context window.',
      )
    case 'no-model':
      return refuse(404, 'invalid_request_error', 'model_not_found', 'The model does not exist.')
    case 'status':
      return refuse(
        fault.status,
        fault.status < 500 ? 'invalid_request_error' : 'server_error',
        null,
        `Status ${fault.status}`,
      )
    default:
      return refuse(500, 'server_error', null, 'Internal server error')
  }
}

const windowHeaders = (
  name: string,
  percent: number,
  minutes: number,
  resetsAt: number,
  seconds: number,
) => ({
  [`x-codex-${name}-used-percent`]: percent.toFixed(1),
  [`x-codex-${name}-window-minutes`]: String(minutes),
  [`x-codex-${name}-reset-at`]: String(resetsAt),
  [`x-codex-${name}-reset-after-seconds`]: String(seconds),
})
