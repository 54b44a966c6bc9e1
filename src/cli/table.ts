import type { Face, Style } from './terminal.ts'
import { shorten, widthOf } from './text.ts'

/** `flexible`: the column that gives way when the terminal is too narrow. */
export type Column = { title: string; align?: 'right'; flexible?: true }
export type Cell = string | { text: string; style?: Style | undefined }

const gap = '  '

/** Prints rows under their titles, aligned; cut to the width of a terminal, whole in a pipe. Cells hold one line each. */
export function printTable(face: Face, columns: readonly Column[], rows: readonly Cell[][]): void {
  const widths = fit(columns, rows, face.columns)
  const line = (cells: readonly Cell[]): string => {
    let room = face.columns
    let text = ''
    for (const [i, cell] of cells.entries()) {
      const width = Math.max(0, Math.min(widths[i] as number, room - gap.length))
      room -= width + gap.length
      text += gap + fill(face, cell, width, columns[i]?.align)
    }
    return text.trimEnd()
  }
  const titles = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }))
  if (columns.some(column => column.title !== '')) face.line(line(titles))
  for (const row of rows) face.line(line(row))
}

function fill(face: Face, cell: Cell, width: number, align: Column['align']): string {
  const { text, style } = typeof cell === 'string' ? { text: cell, style: undefined } : cell
  const cut = shorten(text, width)
  const blank = ' '.repeat(Math.max(0, width - widthOf(cut)))
  const shown = cut === '' ? '' : face.paint(style, cut)
  return align === 'right' ? blank + shown : shown + blank
}

function fit(columns: readonly Column[], rows: readonly Cell[][], room: number): number[] {
  const widths = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(textOf(row[i] ?? ''))), widthOf(column.title)),
  )
  const total = widths.reduce((sum, width) => sum + width + gap.length, 0)
  const flexible = columns.findIndex(column => column.flexible)
  if (flexible === -1 || total <= room) return widths
  const width = widths[flexible] as number
  return widths.with(flexible, Math.max(1, width - (total - room)))
}

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text)
