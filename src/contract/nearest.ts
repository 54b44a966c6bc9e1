import { distance } from 'fastest-levenshtein'

export { distance }

/**
 * The candidate that `word` was most likely meant to be: the shortest that it is the beginning of, else the closest.
 * Undefined when none is close. Regardless of case.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  const known = [...candidates]
  const longer = known.filter(it => wanted.length > 1 && it.toLowerCase().startsWith(wanted))
  const shortest = longer.sort((a, b) => a.length - b.length)[0]
  if (shortest !== undefined) return shortest
  const limit = Math.max(1, Math.round(wanted.length * 0.4))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of known) {
    const apart = distance(wanted, candidate.toLowerCase())
    if (apart < bestDistance) {
      best = candidate
      bestDistance = apart
    }
  }
  return best
}

/** ` Did you mean "auth"?`, or nothing: to be put behind a sentence. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates)
  return meant === undefined ? '' : ` Did you mean "${meant}"?`
}
