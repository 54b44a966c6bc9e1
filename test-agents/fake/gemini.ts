import { type Fault, type Move, nextMove, type Turn } from './script.ts'
import { breakOff, drip, type Exchange, findTool, list, openStream, type Refusal, sendJson } from './wire.ts'

type Part = { text: string } | { functionCall: { name: string; args: Record<string, unknown> } }

/**
 * `POST …/models/MODEL:generateContent` and `:streamGenerateContent`, as far as it is cheap:
 * https://ai.google.dev/api/generate-content
 */
export async function answerGemini(exchange: Exchange, model: string, isStream: boolean): Promise<void> {
  const { body, response, account, now } = exchange
  const turns = readTurns(body)
  const move = nextMove(turns, account, now)
  exchange.note({
    ...{ model, session: null, move },
    texts: turns.flatMap(turn => (turn.from === 'user' ? [turn.text] : [])),
  })
  if (move.kind === 'hang') return
  if (move.kind === 'fault' && move.fault.kind !== 'cut') sendJson(response, refusalOf(move.fault, now))
  else await send(exchange, move, model, isStream)
}

function readTurns(body: Record<string, unknown>): Turn[] {
  return list(body.contents).flatMap((content): Turn[] => {
    if (content.role === 'model') return [{ from: 'model' }]
    return list(content.parts).flatMap((part): Turn[] => {
      const answered = part.functionResponse as
        | { response?: { output?: unknown; error?: unknown } }
        | undefined
      if (answered) return [{ from: 'tool', text: resultText(answered.response) }]
      return typeof part.text === 'string' ? [{ from: 'user', text: part.text }] : []
    })
  })
}

/** Gemini CLI puts tags around what a tool said. */
const resultText = (response: { output?: unknown; error?: unknown } = {}): string =>
  String(response.output ?? response.error ?? '').replace(/<\/?untrusted_context>\n?/g, '')

/** Before a request of its own choice of model, Gemini CLI 0.61.0 asks a small one how hard it is; it wants JSON. */
const easy = {
  reasoning: 'It is easy.',
  model_choice: 'flash',
  complexity_reasoning: 'It is easy.',
  complexity_score: 1,
}

function partFor(move: Move, body: Record<string, unknown>): Part {
  const wanted = body.generationConfig as
    | { responseJsonSchema?: unknown; responseSchema?: unknown }
    | undefined
  if (wanted?.responseJsonSchema || wanted?.responseSchema) return { text: JSON.stringify(easy) }
  const tools = list(body.tools).flatMap(tool => list(tool.functionDeclarations) as { name: string }[])
  const call = (wanted: string, args: Record<string, unknown>): Part => {
    const tool = findTool(tools, wanted)
    return tool ? { functionCall: { name: tool.name, args } } : { text: `There is no tool ${wanted}.` }
  }
  if (move.kind === 'shell') return call('run_shell_command', { command: move.command })
  if (move.kind === 'call') return call(move.tool, move.input)
  return { text: move.kind === 'say' ? move.text : '' }
}

async function send(
  { body, response, tokens }: Exchange,
  move: Move,
  model: string,
  isStream: boolean,
): Promise<void> {
  const usageMetadata = {
    ...{ promptTokenCount: tokens.input, candidatesTokenCount: tokens.output },
    totalTokenCount: tokens.input + tokens.output,
  }
  const chunk = (part: Part, finishReason?: string) => ({
    candidates: [
      { index: 0, content: { role: 'model', parts: [part] }, ...(finishReason ? { finishReason } : {}) },
    ],
    ...{ usageMetadata, modelVersion: model },
  })
  const finish = move.kind === 'full' ? 'MAX_TOKENS' : move.kind === 'refuse' ? 'SAFETY' : 'STOP'
  const last = chunk(partFor(move, body), finish)
  if (!isStream && move.kind !== 'fault') return sendJson(response, { status: 200, body: last })
  openStream(response)
  const tell = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\r\n\r\n`)
  if (move.kind === 'fault') {
    tell(chunk({ text: 'Half of an ans' }))
    return breakOff(response)
  }
  if (move.kind === 'slow' && (await drip(response, move.seconds, text => tell(chunk({ text })))) === null)
    return
  tell(last)
  response.end()
}

function refusalOf(fault: Fault, now: number): Refusal {
  const refuse = (code: number, status: string, message: string, details: unknown[] = []): Refusal => ({
    status: code,
    body: { error: { code, message, status, details } },
  })
  const rpc = (name: string, fields: object) => ({
    '@type': `type.googleapis.com/google.rpc.${name}`,
    ...fields,
  })
  switch (fault.kind) {
    case 'limit': {
      const quotaId = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
      return refuse(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        rpc('QuotaFailure', { violations: [{ quotaId }] }),
        rpc('RetryInfo', { retryDelay: `${Math.max(1, Math.ceil(fault.resetsAt - now))}s` }),
      ])
    }
    case 'rate':
      return refuse(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.', [
        rpc('RetryInfo', { retryDelay: '1s' }),
      ])
    case 'overload':
      return refuse(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')
    case 'logout':
      return refuse(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        rpc('ErrorInfo', { reason: 'API_KEY_INVALID', domain: 'googleapis.com' }),
      ])
    case 'no-credit':
      return refuse(403, 'PERMISSION_DENIED', 'Billing is not enabled for this project.')
    case 'too-long':
      return refuse(
        400,
        'INVALID_ARGUMENT',
        'The input token count exceeds the maximum number of tokens allowed.',
      )
    case 'no-model':
      return refuse(404, 'NOT_FOUND', 'This model is not found.')
    default:
      return refuse(
        fault.kind === 'status' ? fault.status : 500,
        'INTERNAL',
        'An internal error has occurred.',
      )
  }
}
