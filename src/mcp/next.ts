import { type Static, Type } from '@sinclair/typebox'

/** The exact call of a tool that may come next, and when. */
export const Next = Type.Object({
  when: Type.String(),
  tool: Type.String(),
  arguments: Type.Record(Type.String(), Type.Unknown()),
})
export type Next = Static<typeof Next>

export const nextCalls = Type.Array(Next, { description: 'the exact calls that may come next' })

/** What stands in a call for words that the assistant finds itself. */
export const yourWords = '…'

export function nextText(next: readonly Next[]): string {
  if (next.length === 0) return ''
  const lines = next.map(it => `- ${it.when}: ${it.tool} ${JSON.stringify(it.arguments)}`)
  return `Next:\n${lines.join('\n')}`
}

/** Paragraphs, without those that say nothing. */
export const paragraphs = (...parts: (string | null | undefined)[]): string =>
  parts.filter(it => it != null && it !== '').join('\n\n')
