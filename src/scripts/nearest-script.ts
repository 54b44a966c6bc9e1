import path from 'node:path'
import { distance, nearest } from '../contract/nearest.ts'

/** A script by its path, and by the name that its header gives it. */
export type Named = { path: string; name: string | null }

/**
 * The script that a word was most likely meant to be: its declared name, its file name alone, or either of them or its
 * path misspelt. Among several of one name, the one whose path is closest.
 */
export function nearestScript(word: string, scripts: readonly Named[]): Named | undefined {
  const base = bare(word)
  const closest = (some: readonly Named[]) =>
    some.toSorted((a, b) => distance(word, a.path) - distance(word, b.path))[0]
  const called = (name: string | undefined, names: (script: Named) => string | null) =>
    name === undefined
      ? undefined
      : closest(scripts.filter(it => names(it)?.toLowerCase() === name.toLowerCase()))
  const like = (name: string, names: (script: Named) => string | null) =>
    called(
      nearest(
        name,
        scripts.flatMap(it => names(it) ?? []),
      ),
      names,
    )
  const byName = (script: Named) => script.name
  const byFile = (script: Named) => path.basename(script.path)
  const byBare = (script: Named) => bare(script.path)
  return (
    called(path.basename(word), byFile) ??
    called(base, byName) ??
    called(base, byBare) ??
    like(word, it => it.path) ??
    like(path.basename(word), byFile) ??
    like(base, byName) ??
    like(base, byBare)
  )
}

/** ` Did you mean "scripts/deploy.sh"?`, or nothing; says the name where it is by the name that it was found. */
export function didYouMeanScript(word: string, scripts: readonly Named[]): string {
  const meant = nearestScript(word, scripts)
  if (!meant) return ''
  const isByName = meant.name !== null && nearest(bare(word), [meant.name, bare(meant.path)]) === meant.name
  const isAlike = meant.name === null || meant.name === bare(meant.path)
  return ` Did you mean "${meant.path}"${isByName && !isAlike ? `, which is called "${meant.name}"` : ''}?`
}

/** `deploy` of `scripts/deploy.sh`. */
const bare = (file: string): string => path.basename(file).replace(/(?!^)\.\w+$/, '')
