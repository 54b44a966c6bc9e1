import type { ProcessRow } from './table.ts'
import { keyOf } from './tree.ts'

/**
 * Measures how much processor time a tree uses from look to look, in ms. What a short-lived child used is in the time of
 * the parent that waited for it. Not seen is what came and went between two looks and was waited for by nobody of the
 * tree (a double fork), and, on macOS, by anybody.
 */
export function createCpuMeter(): (tree: readonly ProcessRow[]) => number {
  let last = new Map<string, number>()
  return tree => {
    const now = new Map(tree.map(row => [keyOf(row), row.cpu_ms]))
    let used = 0
    // A tree loses time when one of its processes ends and nobody waits for it: never count that against the others.
    for (const [key, ms] of now) used += Math.max(0, ms - (last.get(key) ?? 0))
    last = now
    return used
  }
}
