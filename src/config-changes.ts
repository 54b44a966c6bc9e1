import { isDeepStrictEqual } from 'node:util'
import type { Config } from './contract/config.ts'

/** What a running process cannot take over: it was needed to start. */
const atStart = ['project.repo_path', 'database.path', 'server.host', 'server.port']

/**
 * What is different between two configurations, in a few words each; empty when nothing is.
 * @param hiders what goes over a thing, and so hides the change from whoever works with it
 */
export function describeChanges(
  before: Config,
  after: Config,
  hiders: ReadonlyMap<string, string> = new Map(),
): string[] {
  const [old, fresh] = [flatten(before), flatten(after)]
  const keys = [...new Set([...old.keys(), ...fresh.keys()])]
  return keys.flatMap(key => {
    const hider = hiders.get(key)
    const next = atStart.includes(key) ? ', from the next start on' : ''
    const later = hider === undefined ? next : `, but ${hider} goes over it`
    return compare(key, old.get(key), fresh.get(key)).map(it => it + later)
  })
}

/** Of a tool or class that is there before and after, field by field. */
function compare(key: string, was: unknown, is: unknown): string[] {
  if (isDeepStrictEqual(was, is)) return []
  if (was === undefined) return [`${key} added: ${JSON.stringify(is)}`]
  if (is === undefined) return [`${key} removed`]
  if (!isFields(was) || !isFields(is)) return [`${key}: ${JSON.stringify(was)} → ${JSON.stringify(is)}`]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap(name => compare(`${key}.${name}`, was[name], is[name]))
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tools, classes and settings, each by its name. */
function flatten(config: Config): Map<string, unknown> {
  const entries = Object.entries(config).flatMap(([section, value]): (readonly [string, unknown])[] =>
    Array.isArray(value)
      ? [[section, value]]
      : Object.entries(value).map(([key, it]) => [`${section}.${key}`, it] as const),
  )
  return new Map(entries)
}
