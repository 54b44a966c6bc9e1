import { invalid } from '../contract/errors.ts'

/**
 * Which task, and which words about it: `complete TASK WORDS`, `complete --task-id TASK --summary WORDS`, or a mixture.
 * @param names what the two are called in an error
 */
export function readTaskAndWords(
  words: readonly (string | undefined)[],
  options: { task: string | undefined; words: string | undefined },
  names: { words: string; example: string },
): { id: string; words: string } {
  const left = words.filter(word => word !== undefined)
  const id = options.task ?? left.shift()
  const text = options.words ?? left.shift()
  if (id === undefined) throw invalid('Which task?', { hint: names.example })
  if (text === undefined) throw invalid(`${names.words} is missing.`, { hint: names.example })
  if (text.trim() === '') throw invalid(`${names.words} must not be blank.`, { hint: names.example })
  if (left.length > 0) throw invalid(`${names.words} must be in quotes.`, { hint: names.example })
  return { id, words: text }
}
