/** What an agent prints is not ours: any field may be missing, or of another type than today. */
export type Fields = Record<string, unknown>

/** The object that a line is; undefined for anything else. */
export function parseObject(text: string): Fields | undefined {
  // An error costs a hundred times as much as this look, and garbage has a hundred million lines.
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return undefined
  try {
    return asFields(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** The object in a field, or an empty one. */
export const fieldsIn = (of: Fields, name: string): Fields => asFields(of[name]) ?? {}

/** The objects in a field that holds a list. */
export function listIn(of: Fields, name: string): Fields[] {
  const value = of[name]
  return Array.isArray(value) ? value.map(asFields).filter(item => item !== undefined) : []
}

/** The texts in a field that holds a list. */
export function textsIn(of: Fields, name: string): string[] {
  const value = of[name]
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** A text that says something, or undefined. */
export function textIn(of: Fields, name: string): string | undefined {
  const value = of[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberIn(of: Fields, name: string): number | undefined {
  const value = of[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A count; what is none counts as 0. */
export function countIn(of: Fields, name: string): number {
  const value = numberIn(of, name) ?? 0
  return value > 0 && value < Number.MAX_SAFE_INTEGER ? Math.round(value) : 0
}
