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

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> }
type Reply = { blocks: Block[]; stop: string }

/** `POST /v1/messages` as Claude Code uses it: https://docs.anthropic.com/en/api/messages-streaming */
export async function answerMessages(exchange: Exchange): Promise<void> {
  const { body, headers, response, account, now } = exchange
  const turns = readTurns(body)
  const move = nextMove(turns, account, now)
  exchange.note({
    model: String(body.model),
    session: (headers['x-claude-code-session-id'] as string | undefined) ?? null,
    texts: turns.flatMap(turn => (turn.from === 'user' ? [turn.text] : [])),
    move,
  })
  if (move.kind === 'hang') return
  if (move.kind === 'fault' && move.fault.kind !== 'cut')
    return sendJson(response, refusalOf(move.fault, now))
  await send(exchange, move)
}

/** Claude Code puts remarks of its own beside the person's words, in tags. */
function readTurns(body: Record<string, unknown>): Turn[] {
  return list(body.messages).flatMap((message): Turn[] => {
    if (message.role === 'assistant') return [{ from: 'model' }]
    const blocks =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : list(message.content)
    return blocks.flatMap((block): Turn[] => {
      if (block.type === 'tool_result') return [{ from: 'tool', text: plainText(block.content) }]
      const text = plainText(block.text).replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '')
      return text.trim() === '' ? [] : [{ from: 'user', text }]
    })
  })
}

const plainText = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map(part => String(part.text ?? ''))
        .join('\n')

function replyTo(move: Move, body: Record<string, unknown>): Reply {
  const tools = list(body.tools) as { name: string }[]
  const text = (said: string): Reply => ({ blocks: [{ type: 'text', text: said }], stop: 'end_turn' })
  const call = (wanted: string, input: Record<string, unknown>): Reply => {
    const tool = findTool(tools, wanted)
    if (!tool) return text(`There is no tool ${wanted}.`)
    return { blocks: [{ type: 'tool_use', id: newId('toolu_'), name: tool.name, input }], stop: 'tool_use' }
  }
  switch (move.kind) {
    case 'shell':
      return call('Bash', { command: move.command, description: 'As the prompt says' })
    case 'call':
      return call(move.tool, move.input)
    case 'full':
      return { ...text('This is cut'), stop: 'max_tokens' }
    case 'refuse':
      return { ...text(''), stop: 'refusal' }
    case 'say': {
      const reply = text(move.text)
      if (move.thought)
        reply.blocks.unshift({ type: 'thinking', thinking: move.thought, signature: 'c2lnbmVk' })
      return reply
    }
    default:
      return text('')
  }
}

async function send({ body, response, now, tokens }: Exchange, move: Move): Promise<void> {
  const reply = replyTo(move, body)
  const usage = {
    input_tokens: tokens.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: tokens.output,
    service_tier: 'standard',
  }
  const message = {
    ...{ id: newId('msg_'), type: 'message', role: 'assistant', model: body.model, content: [] as Block[] },
    ...{ stop_reason: null as string | null, stop_sequence: null, usage },
  }
  const headers = { 'request-id': newId('req_'), ...limitHeaders('five_hour', now + 3600, false, now) }
  if (!body.stream) {
    if (move.kind === 'fault') return breakOff(response)
    return sendJson(response, {
      status: 200,
      headers,
      body: { ...message, content: reply.blocks, stop_reason: reply.stop },
    })
  }
  openStream(response, headers)
  const tell = teller(response)
  tell('message_start', { message: { ...message, usage: { ...usage, output_tokens: 1 } } })
  for (const [index, block] of reply.blocks.entries()) {
    tell('content_block_start', { index, content_block: emptied(block) })
    const isComplete = await fill(response, tell, index, block, move)
    if (!isComplete) return
    tell('content_block_stop', { index })
  }
  tell('message_delta', { delta: { stop_reason: reply.stop, stop_sequence: null }, usage })
  tell('message_stop', {})
  response.end()
}

type Tell = (type: string, fields: Record<string, unknown>) => void

const teller =
  (response: ServerResponse): Tell =>
  (type, fields) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)

function emptied(block: Block): Record<string, unknown> {
  if (block.type === 'tool_use') return { ...block, input: {} }
  return block.type === 'text'
    ? { type: 'text', text: '' }
    : { type: 'thinking', thinking: '', signature: '' }
}

/** @returns whether the block came to its end */
async function fill(
  response: ServerResponse,
  tell: Tell,
  index: number,
  block: Block,
  move: Move,
): Promise<boolean> {
  const delta = (type: string, key: string, value: string) =>
    tell('content_block_delta', { index, delta: { type, [key]: value } })
  if (block.type === 'tool_use') delta('input_json_delta', 'partial_json', JSON.stringify(block.input))
  else if (block.type === 'thinking') {
    delta('thinking_delta', 'thinking', block.thinking)
    delta('signature_delta', 'signature', block.signature)
  } else if (move.kind === 'slow') {
    return (await drip(response, move.seconds, word => delta('text_delta', 'text', word))) !== null
  } else if (move.kind === 'fault') {
    delta('text_delta', 'text', 'Half of an ans')
    await breakOff(response)
    return false
  } else delta('text_delta', 'text', block.text)
  return true
}

/**
 * What a subscriber's account says of its windows with each answer: not documented, but read by Claude Code 2.1.330,
 * which takes the reset of a usage limit from it (seconds since 1970).
 */
function limitHeaders(
  window: 'five_hour' | 'seven_day',
  resetsAt: number,
  isRejected: boolean,
  now: number,
): Record<string, string> {
  const prefix = 'anthropic-ratelimit-unified'
  const status = isRejected ? 'rejected' : 'allowed'
  const windows = { '5h': 'five_hour', '7d': 'seven_day' } as const
  const each = Object.entries(windows).flatMap(([short, long]) => {
    const isIt = long === window
    return [
      [`${prefix}-${short}-status`, isIt ? status : 'allowed'],
      [`${prefix}-${short}-reset`, String(Math.floor(isIt ? resetsAt : now + 86_400))],
      [`${prefix}-${short}-utilization`, isIt && isRejected ? '1' : '0.2'],
    ]
  })
  return {
    [`${prefix}-status`]: status,
    [`${prefix}-reset`]: String(Math.floor(resetsAt)),
    [`${prefix}-representative-claim`]: window,
    [`${prefix}-overage-status`]: 'rejected',
    [`${prefix}-overage-disabled-reason`]: 'org_level_disabled',
    ...Object.fromEntries(each),
  }
}

/** The words are those of https://docs.anthropic.com/en/api/errors and of what Claude Code was seen to recognise. */
function refusalOf(fault: Fault, now: number): Refusal {
  const refuse = (
    status: number,
    type: string,
    message: string,
    headers: Record<string, string> = {},
  ): Refusal => ({
    status,
    headers: { 'request-id': newId('req_'), ...headers },
    body: { type: 'error', error: { type, message }, request_id: newId('req_') },
  })
  const never = { 'x-should-retry': 'false' }
  const again = { 'x-should-retry': 'true' }
  switch (fault.kind) {
    case 'limit': {
      const seconds = String(Math.max(1, Math.ceil(fault.resetsAt - now)))
      const headers = {
        ...limitHeaders(fault.window, fault.resetsAt, true, now),
        'retry-after': seconds,
        ...never,
      }
      return refuse(429, 'rate_limit_error', "This request would exceed your account's rate limit.", headers)
    }
    case 'rate':
      return refuse(429, 'rate_limit_error', 'Too many requests in a minute.', {
        'retry-after': '1',
        ...again,
      })
    case 'overload':
      return refuse(529, 'overloaded_error', 'Overloaded', again)
    case 'logout':
      return refuse(401, 'authentication_error', 'invalid bearer token', never)
    case 'no-credit':
      return refuse(
        400,
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API.',
      )
    case 'too-long':
      return refuse(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum')
    case 'no-model':
      return refuse(404, 'not_found_error', 'model: no such model')
    case 'status':
      return refuse(
        fault.status,
        fault.status < 500 ? 'invalid_request_error' : 'api_error',
        `Status ${fault.status}`,
      )
    default:
      return refuse(500, 'api_error', 'Internal server error')
  }
}
