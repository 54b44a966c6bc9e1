import { invalid } from '../contract/errors.ts'
import { looksLikeId } from '../contract/ids.ts'

/** What makes two names the same: neither case nor the way an accent is encoded tells them apart. */
export function nameKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase()
}

/** @throws invalid unless `raw` can be the name of a session or queue */
export function cleanName(raw: string, what: string): string {
  const name = raw.trim().normalize('NFC')
  const length = [...name].length
  if (length === 0) throw invalid(`A ${what} needs a name that is not blank.`)
  if (length > 100) throw invalid(`The name of a ${what} has at most 100 characters; this one has ${length}.`)
  if (/\p{Cc}/u.test(name)) throw invalid(`The name of a ${what} has no control characters or line breaks.`)
  if (looksLikeId(nameKey(name))) {
    throw invalid(
      `The name "${name}" looks like an id: names do not begin with ses_, que_, tsk_, prj_, prm_ or run_.`,
    )
  }
  return name
}

/** The word in a queue's friendly ids: `Back End` → `BACK-END`. `taken` says which words other queues have. */
export function taskPrefix(name: string, taken: (word: string) => boolean): string {
  const word =
    name
      .toUpperCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '') || 'QUEUE'
  let unique = word
  for (let n = 2; taken(unique); n++) unique = `${word}${n}`
  return unique
}
