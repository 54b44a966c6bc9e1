type PageInput = { limit: number; cursor?: string }
type Page<K extends string, T> = Record<K, T[]> & { next_cursor: string | null }

/**
 * Reads a listing through its cursors: all of it, or the first `limit`.
 * @returns the listing in the shape that one page has
 */
export async function readPages<const K extends string, T>(
  key: K,
  read: (page: PageInput) => Promise<Page<K, T>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Page<K, T>> {
  const all: T[] = []
  let cursor: string | null = null
  do {
    const size = Math.min(500, limit - all.length)
    const page: Page<K, T> = await read({ limit: size, ...(cursor === null ? {} : { cursor }) })
    for (const item of page[key]) all.push(item)
    cursor = page.next_cursor
  } while (cursor !== null && all.length < limit)
  return { [key]: all, next_cursor: cursor } as Page<K, T>
}
