import { conflict, invalid } from '../contract/errors.ts'
import type { OptionSpec } from './command.ts'

/** What the commands about tools and classes have in common. */

export const toolArg = { value: 'NAME', kind: 'tool', describe: 'the tool' } as const
export const classArg = { value: 'NAME', kind: 'class', describe: 'the task class' } as const

export const hiddenOption = {
  type: 'flag',
  describe: 'also those of sparkq.yml that were deleted here',
} as const satisfies OptionSpec

export const restoreOption = {
  type: 'flag',
  describe: 'bring back one of sparkq.yml that was deleted here',
} as const satisfies OptionSpec

export const describeOption = {
  type: 'text',
  value: 'TEXT',
  blank: true,
  describe: 'what it is, in a line',
} as const satisfies OptionSpec

export const classOption = {
  type: 'text',
  value: 'CLASS',
  kind: 'class',
  describe: 'its task class, for the timeout: sparkq classes',
} as const satisfies OptionSpec

export const editNotes = `One of sparkq.yml gets a copy of your own, which goes before it until you delete it; the file stays as it is. Tasks
that are queued keep their timeout.`

/** Only what was typed: an empty description is none. */
export const described = (text: string | undefined) =>
  text === undefined ? {} : { description: text.trim() || null }

/** Only what was deleted here can be brought back. */
export function requireHidden(
  all: readonly { name: string; hidden: boolean }[],
  name: string,
  list: string,
): void {
  const found = all.find(it => it.name === name)
  if (!found || found.hidden) return
  throw conflict(`"${name}" is not deleted: there is nothing to bring back.`, `sparkq ${list} --hidden`)
}

/** What stands behind `--`; undefined without one. */
export function readCommand(rest: string[] | undefined): string[] | undefined {
  if (rest?.length === 0) throw invalid('Nothing stands behind --.', { hint: '-- COMMAND [ARG …]' })
  return rest
}
