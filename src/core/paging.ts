import { invalid } from '../contract/errors.ts'
import { newest } from '../store/listing.ts'

type PageInput = { limit?: number | undefined; cursor?: string | undefined }

/** A cursor is the `seq` of the last row seen, so a page neither shifts nor repeats when rows are added. */
export function readPage({ limit = 100, cursor }: PageInput): { limit: number; before: number } {
  if (cursor === undefined) return { limit, before: newest }
  if (!/^\d{1,15}$/.test(cursor)) throw invalid('cursor is not one that a listing has answered.')
  return { limit, before: Number(cursor) }
}

export function nextCursor(rows: unknown[], last: number, limit: number): string | null {
  return rows.length < limit ? null : String(last)
}
