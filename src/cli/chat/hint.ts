import { agentFacts } from '../../contract/agents.ts'
import { kindOf, type Tool } from '../../contract/tools.ts'

type Hinted = Pick<Tool, 'name' | 'description' | 'command' | 'agent' | 'model'>

/** How a task of this tool is done by an assistant, in a sentence or two. */
export function hintFor(tool: Hinted): string {
  switch (kindOf(tool)) {
    case 'bash':
    case 'python':
      return 'A script: run it as it stands below, wait for its end, and sum up what it did. If it exits with anything but 0, fail the task with the exit code and its last lines.'
    case 'prompt':
      return promptHint(tool)
    case 'other':
      return `${described(tool)}What to do is in its payload.`
  }
}

function promptHint({ name, description, command, agent, model }: Hinted): string {
  if (command)
    return `${described({ description })}A prompt that ${command[0]} runs otherwise. Do it yourself.`
  if (name === 'llm-haiku')
    return 'A small job, meant for a fast model: hand it to a Haiku subagent where you have one and check what comes back; else do it yourself.'
  if (name === 'llm-sonnet')
    return 'Meant for a strong model: do it yourself. Edit what is there before you write anything new.'
  if (name === 'llm-codex')
    return 'Meant for Codex: hand it to Codex where you can, and check what it changed; else do it yourself.'
  const meant = agent ? `${agentFacts[agent].title}${model ? ` (${model})` : ''}` : 'an assistant'
  return `${described({ description })}Meant for ${meant}: do it yourself, or hand it on and check what comes back.`
}

const described = ({ description }: Pick<Hinted, 'description'>): string =>
  description ? `${description.trim().replace(/(?<![.!?…])$/, '.')} ` : ''
