type Part = { text: string; href?: string }

const address = /\bhttps?:\/\/[^\s<>"'`|\\^{}]+/gi
const longest = 2000

/** Text in parts: addresses of pages that are written out in it, and what is between them. */
export function withLinks(text: string): Part[] {
  if (!text.includes('://')) return [{ text }]
  const parts: Part[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const written = withoutEnd(match[0])
    const href = linkOf(written)
    if (!href) continue
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: written, href })
    from = match.index + written.length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

/** The address, where it is one of a page; one that could be taken for another's (`http://bank@evil`) is none. */
export function linkOf(written: string): string | undefined {
  if (written.length > longest || !URL.canParse(written)) return undefined
  const url = new URL(written)
  const isOfPage = url.protocol === 'http:' || url.protocol === 'https:'
  return isOfPage && url.username === '' && url.password === '' ? url.href : undefined
}

/** What ends a sentence is not the address's; neither is a bracket that was opened before it. */
function withoutEnd(written: string): string {
  const short = written.replace(/[.,;:!?]+$/, '')
  const isClosed = short.endsWith(')') && !short.includes('(')
  const isSquare = short.endsWith(']') && !short.includes('[')
  return isClosed || isSquare ? withoutEnd(short.slice(0, -1)) : short
}
