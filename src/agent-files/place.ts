import fs from 'node:fs'
import path from 'node:path'
import { hasJson, missingSteps, putJson, takeJson } from './json-edit.ts'
import type { Piece } from './pieces.ts'
import { definesTable, putTable, takeTable } from './toml-edit.ts'

/**
 * A piece that was put in, and what has to be known to take it out again.
 * @property made  so many objects and arrays of its way were made for it
 * @property added of a table: exactly what was put in
 * @property blank what stood in a file that held nothing
 */
export type Placed = Piece & { made?: number; added?: string; blank?: string }

/** `theirs`: something else of that name is there, which stays. */
export type Standing = 'missing' | 'placed' | 'theirs'

/** @param text of the file; undefined where there is none */
export function standingOf(text: string | undefined, piece: Placed): Standing {
  if (text === undefined) return 'missing'
  switch (piece.kind) {
    case 'file':
      return text === piece.text ? 'placed' : 'theirs'
    case 'toml':
      if (!definesTable(text, piece.table)) return 'missing'
      return takeTable(text, piece.added ?? tableText(piece)) === undefined ? 'theirs' : 'placed'
    case 'json': {
      const { way, value, append = false } = piece
      if (hasJson(text || '{}', way, value, { append })) return 'placed'
      return append || missingSteps(text || '{}', way, { append: true }) > 0 ? 'missing' : 'theirs'
    }
  }
}

/** Puts a piece that is missing. @throws SyntaxError where the file cannot be read */
export function put(text: string | undefined, piece: Piece): { text: string; placed: Placed } {
  switch (piece.kind) {
    case 'file':
      return { text: piece.text, placed: piece }
    case 'toml': {
      const { text: after, added } = putTable(text ?? '', piece.table.join('.'), piece.body)
      return { text: after, placed: { ...piece, added } }
    }
    case 'json': {
      const before = text?.trim() ? text : '{}\n'
      const blank = text === undefined || before === text ? {} : { blank: text }
      const { way, value, append = false } = piece
      const made = missingSteps(before, way, { append })
      return { text: putJson(before, way, value, { append }), placed: { ...piece, made, ...blank } }
    }
  }
}

/** Takes a piece out. @returns undefined where it is not there as it was put in; null: nothing of the file is left */
export function take(text: string, placed: Placed): string | null | undefined {
  switch (placed.kind) {
    case 'file':
      return text === placed.text ? null : undefined
    case 'toml':
      return takeTable(text, placed.added ?? tableText(placed))
    case 'json': {
      if (text.trim() === '') return undefined
      const { way, value, append = false, made = 0, blank } = placed
      const left = takeJson(text, way, value, { append, made })
      return blank !== undefined && left?.trim() === '{}' ? blank : left
    }
  }
}

const tableText = ({ table, body }: Extract<Piece, { kind: 'toml' }>): string =>
  `[${table.join('.')}]\n${body}`

/** undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Whole or not at all; a link stays one, and who may read it stays as it is. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  const target = fs.existsSync(file) ? fs.realpathSync(file) : file
  const part = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`)
  const before = fs.statSync(target, { throwIfNoEntry: false })
  try {
    fs.writeFileSync(part, text, { mode: before ? before.mode & 0o777 : mode, flag: 'wx' })
    fs.renameSync(part, target)
  } finally {
    fs.rmSync(part, { force: true })
  }
}
