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
  const old = flatten(before)
  const fresh = flatten(after)
  const keys = [...new Set([...old.keys(), ...fresh.keys()])]
  return keys.flatMap(key => {
    const [was, is] = [old.get(key), fresh.get(key)]
    if (was === is) return []
    const hider = hiders.get(key)
    const next = atStart.includes(key) ? ', from the next start on' : ''
    const later = hider === undefined ? next : `, but ${hider} goes over it`
    if (was === undefined) return [`${key} added: ${is}${later}`]
    return is === undefined ? [`${key} removed${later}`] : [`${key}: ${was} → ${is}${later}`]
  })
}

/** Settings one by one, and tools and classes by their fields; one that comes or goes is told as a whole. */
function flatten(config: Config): Map<string, string> {
  const entries = Object.entries(config).flatMap(([section, value]) =>
    Array.isArray(value)
      ? [[section, JSON.stringify(value)] as const]
      : Object.entries(value).map(([key, it]) => [`${section}.${key}`, JSON.stringify(it)] as const),
  )
  return new Map(entries)
}
