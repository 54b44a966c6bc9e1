import { invalid } from '../contract/errors.ts'

/** Deeper than any work needs; far less than what overflows the stack of whatever walks through it. */
const deepest = 200

/** A request's body as JSON; an empty one says nothing. @throws invalid */
export function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const text = decode(bytes)
  refuseDeep(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(`The body is not JSON: ${(error as Error).message}.`)
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('The body is not JSON: it is not UTF-8.')
  }
}

/** Before it is parsed, since checking, storing and answering it all recurse. */
function refuseDeep(text: string): void {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '[' || char === '{') {
      if (++depth > deepest) throw invalid(`The body is nested deeper than ${deepest} levels.`)
    } else if (char === ']' || char === '}') depth--
  }
}
