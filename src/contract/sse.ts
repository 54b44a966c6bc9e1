/** One message of a stream of server-sent events. */
export type Message = { id: string; event: string; data: string }

export function formatMessage({ id, event, data }: { id: number; event: string; data: unknown }): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The messages of a stream, as they come; comments and what is cut off at the end are dropped. */
export async function* readMessages(source: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder()
  let rest = ''
  let message: Partial<Message> = {}
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
      if (line !== '') {
        addLine(message, line)
        continue
      }
      const { id = '', event = 'message', data } = message
      message = {}
      if (data !== undefined) yield { id, event, data }
    }
  }
}

function addLine(message: Partial<Message>, line: string): void {
  const colon = line.indexOf(':')
  const field = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (field === 'data') message.data = message.data === undefined ? value : `${message.data}\n${value}`
  else if (field === 'id' || field === 'event') message[field] = value
}
