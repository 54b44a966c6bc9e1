import type { Row } from './database.ts'

/** A page, newest first: rows whose `seq` lies below `before`. New rows never shift a page that was begun. */
export type Listing = { limit: number; before: number }

/** @returns the rows, and the `seq` of the last one: where the next page begins */
export function keyset<T>(rows: Row[], convert: (row: Row) => T): { rows: T[]; last: number } {
  return { rows: rows.map(convert), last: Number(rows.at(-1)?.seq ?? 0) }
}

/** Above every seq: the beginning of a listing. */
export const newest = Number.MAX_SAFE_INTEGER

/** Rows of (status, count) as one object. */
export function toCounts(rows: Row[]): Record<string, number> {
  return Object.fromEntries(rows.map(row => [String(row.status), Number(row.count)]))
}
