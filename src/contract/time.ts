/** Milliseconds since 1970 as SparkQ writes times everywhere: RFC 3339, UTC, milliseconds. */
export const timestamp = (ms: number): string => new Date(ms).toISOString()

/** Milliseconds from `from` to `to`, both timestamps. */
export const elapsed = (from: string, to: string): number => Date.parse(to) - Date.parse(from)
