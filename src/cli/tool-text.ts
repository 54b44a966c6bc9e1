import { shellWord } from '../contract/shell-word.ts'
import { isExecutable, type Tool } from '../contract/tools.ts'
import { oneLine } from './text.ts'

/** Where it comes from, and whether it is there at all. */
export const sourceText = ({ source, hidden }: Pick<Tool, 'source' | 'hidden'>): string =>
  hidden ? 'deleted here' : source

export const commandText = ({ command }: Tool): string =>
  command ? oneLine(command.map(shellWord).join(' ')) : ''

/** Who runs its tasks. */
export function runsText(tool: Tool): string {
  if (tool.command) return `runners, as ${commandText(tool)}`
  return isExecutable(tool) ? 'runners' : 'workers that claim them'
}

type Noun = 'Tool' | 'Task class'

/** @param before what it was; undefined when it was brought back */
export function changedText(
  noun: Noun,
  { name, source }: Pick<Tool, 'name' | 'source'>,
  before: Pick<Tool, 'source'> | undefined,
): string {
  if (!before) return `${noun} "${name}" is back · ${source}`
  const copy = before.source === 'file' ? ' · your own copy now goes before the one of sparkq.yml' : ''
  return `Changed ${noun.toLowerCase()} "${name}"${copy}`
}

/** @param isBack whether that of the file counts again */
export const deletedText = (noun: Noun, name: string, isBack: boolean): string =>
  `Deleted ${noun.toLowerCase()} "${name}"${isBack ? ' · the one of sparkq.yml counts again' : ''}`
