/**
 * What an agent is told beside the task.
 *
 * @property instructions         of the lane, as they are now
 * @property instructions_changed since they were last told in this conversation
 * @property digest               what the lane did so far, where its conversation was lost
 * @property answers              what the person answered to its questions, with the questions
 * @property interrupted          how the last run of this task ended, where there was one
 */
export type Told = {
  prompt: string
  instructions: string | null
  instructions_changed?: boolean
  digest?: string | null
  interrupted?: string | null
  answers?: string
}

/** The prompt of a task: the lane's instructions, what happened before, then the task itself, unchanged, and what was answered. */
export function taskPrompt({ prompt, digest, interrupted, answers = '', ...told }: Told): string {
  const parts = [
    instructionsPart(told),
    digest ? digestPart(digest) : '',
    interrupted ? interruptedPart(interrupted) : '',
    prompt,
    answers,
  ]
  return parts.filter(Boolean).join('\n\n')
}

function instructionsPart({ instructions, instructions_changed = false }: Omit<Told, 'prompt'>): string {
  const text = instructions?.trim() ?? ''
  if (!instructions_changed) return text
  if (text === '')
    return 'The instructions of this lane were taken back: the ones you were told do not count any more.'
  return `The instructions of this lane have changed. From now on these count:\n\n${text}`
}

const digestPart = (digest: string): string =>
  `The conversation in which this lane was worked so far is not there any more. What was done in it:\n\n${digest.trim()}`

const interruptedPart = (how: string): string =>
  `An earlier run of the following task was interrupted (${sentence(how)}). Part of it may be done already: look at the work \
tree first (git status, git diff), then go on from there. The task:`

const sentence = (text: string): string => text.trim().replace(/\.$/, '')

/** The next prompt in a conversation, where the check of its task has failed. */
export function checkPrompt(check: { command: string; code: number | null; output: string }): string {
  const { command, code, output } = check
  const how = code === null ? 'was ended by a signal' : `ended with exit code ${code}`
  const end =
    output.trim() === '' ? 'It printed nothing.' : `The end of what it printed:\n\n${fenced(output)}`
  return `Your work was checked with this command, which ${how}:\n\n${fenced(command)}\n\n${end}\n\n\
Find the cause and mend it, so that the command succeeds. It will be run again when you are done.`
}

/** In a fence that nothing in the text can close. */
function fenced(text: string): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text.replace(/\n+$/, '')}\n${fence}`
}
