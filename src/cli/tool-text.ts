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
