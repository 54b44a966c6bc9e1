/** `--limit N` with 0 for all; `otherwise` when it was not given. */
export function readLimit(limit: number | undefined, otherwise: number): number {
  if (limit === undefined) return otherwise
  return limit === 0 ? Number.POSITIVE_INFINITY : limit
}
