import { stripVTControlCharacters } from 'node:util'
import type { Api } from '../contract/api.ts'
import type { Task } from '../contract/tasks.ts'
import { readTail } from './review/output-tail.ts'
import { oneLine } from './text.ts'

/** An agent's own words and deeds; what came of these is indented below them, and may be long. */
const lookedAt = 60

/** What a running task said last: `› Bash npm test`. */
export async function readLastLine(api: Api, { id, attempt }: Task): Promise<string | undefined> {
  if (attempt === null) return undefined
  const { lines } = await readTail(api, id, attempt, lookedAt)
  const texts = lines.map(({ text }) => stripVTControlCharacters(text))
  const last = texts.findLast(text => text.trim() !== '' && !text.startsWith('  '))
  const said = last ?? texts.findLast(text => text.trim() !== '')
  return said === undefined ? undefined : oneLine(said)
}
