import { agentFacts } from '../contract/agents.ts'
import { shellWord } from '../contract/shell-word.ts'
import { isExecutable, type Tool } from '../contract/tools.ts'
import { count, usd } from '../contract/words.ts'
import { oneLine } from './text.ts'

/** Where it comes from, and whether it is there at all. */
export const sourceText = ({ source, hidden }: Pick<Tool, 'source' | 'hidden'>): string =>
  hidden ? 'deleted here' : source

export const commandText = ({ command }: Tool): string =>
  command ? oneLine(command.map(shellWord).join(' ')) : ''

/** `Claude Code, model sonnet, at most 5 turns`. */
export function agentText(tool: Tool): string {
  const { agent, model, args, permission_mode, max_turns, max_budget_usd, use_api_key } = tool
  if (agent === null) return ''
  const parts = [
    agentFacts[agent].title,
    model === null ? '' : `model ${model}`,
    permission_mode === null ? '' : `permission mode ${permission_mode}`,
    max_turns === null ? '' : `at most ${count(max_turns, 'turn')}`,
    max_budget_usd === null ? '' : `at most ${usd(max_budget_usd)}`,
    args.length === 0 ? '' : `with ${args.map(shellWord).join(' ')}`,
    use_api_key ? 'billed to the API key of the environment' : '',
  ]
  return oneLine(parts.filter(it => it !== '').join(', '))
}

/** Who runs its tasks. */
export function runsText(tool: Tool): string {
  if (tool.agent) return `runners, by ${agentText(tool)}`
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
