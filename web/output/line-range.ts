/** Lines by number from 1, both ends among them. */
export type LineRange = { from: number; to: number }

/** Of `#L10` and `#L10-L20`. */
export function rangeOfHash(hash: string): LineRange | undefined {
  const match = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash)
  return match ? ordered(Number(match[1]), Number(match[2] ?? match[1])) : undefined
}

export const hashOfRange = ({ from, to }: LineRange): string =>
  from === to ? `#L${from}` : `#L${from}-L${to}`

/** Of `:10` and `:10-20`, as they are typed. */
export function rangeOfText(text: string): LineRange | undefined {
  const match = /^:\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(text)
  return match ? ordered(Number(match[1]), Number(match[2] ?? match[1])) : undefined
}

/** @returns undefined for line 0, which there is not */
export function ordered(one: number, other: number): LineRange | undefined {
  const range = { from: Math.min(one, other), to: Math.max(one, other) }
  return range.from === 0 ? undefined : range
}
