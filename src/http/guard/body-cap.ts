import type { IncomingMessage } from 'node:http'

/**
 * Calls `onOver` once when more than this has arrived, whether or not a length was announced. From then on the body's
 * reader gets nothing any more, and no end: half a body must not pass for a whole one.
 *
 * `push` is how the parser hands over the body. A listener for `data` would set the stream flowing before the handler
 * is there to read it; a stream in between would have to be an IncomingMessage in all other respects.
 */
export function capBody(request: IncomingMessage, maxBytes: number, onOver: () => void): void {
  const push = request.push.bind(request)
  let received = 0
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    if (received > maxBytes) return true
    received += chunk?.length ?? 0
    if (received <= maxBytes) return push(chunk, encoding)
    onOver()
    return true
  }
}
