/** What the lines of a Markdown text are, as far as a plan needs to know. Columns count from 0, tabs go to the next 4. */

export type ListItem = { indent: number; box: string | undefined; text: string }

/** `- text`, `* [ ] text`, `1. [x] text`. */
export function readListItem(line: string): ListItem | undefined {
  if (isRule(line)) return undefined
  const [, lead, rest] = /^([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+(.*))?$/.exec(line) ?? []
  if (lead === undefined) return undefined
  const [, box, text] = /^\[([^\]])\](?:[ \t]+(.*))?$/u.exec(rest ?? '') ?? []
  return { indent: widthOf(lead), box, text: (box === undefined ? rest : text) ?? '' }
}

/** `---`, `* * *` */
export const isRule = (line: string): boolean => /^\s*([-*_])(\s*\1){2,}\s*$/.test(line)

/** `## Title`, of level 2. */
export function readHeading(line: string): { level: number; text: string } | undefined {
  const [, hashes, text = ''] = /^ {0,3}(#{1,6})(?:[ \t](.*))?$/.exec(line) ?? []
  if (hashes === undefined) return undefined
  const closed = text.trim().replace(/(^|[ \t])#+$/, '')
  return { level: hashes.length, text: closed.trim() }
}

export type Fence = { indent: number; mark: string; language: string }

export function readFence(line: string): Fence | undefined {
  const [, lead, mark, info] = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$/.exec(line) ?? []
  if (lead === undefined || mark === undefined) return undefined
  return { indent: widthOf(lead), mark, language: (info ?? '').split(/\s/)[0]?.toLowerCase() ?? '' }
}

export function closesFence(line: string, { mark }: Fence): boolean {
  const text = line.trim()
  return text.length >= mark.length && text === (mark[0] as string).repeat(text.length)
}

/** How far in the text of a line begins. */
export function indentOf(line: string): number {
  return widthOf(/^[ \t]*/.exec(line)?.[0] ?? '')
}

/** The line without its first columns, as far as they are blank; what is left of a tab stays as blanks. */
export function unindent(line: string, columns: number): string {
  let column = 0
  let at = 0
  while (at < line.length && column < columns && (line[at] === ' ' || line[at] === '\t')) {
    column = line[at] === '\t' ? nextStop(column) : column + 1
    at++
  }
  return ' '.repeat(Math.max(0, column - columns)) + line.slice(at)
}

function widthOf(blank: string): number {
  let column = 0
  for (const char of blank) column = char === '\t' ? nextStop(column) : column + 1
  return column
}

const nextStop = (column: number) => column + 4 - (column % 4)
