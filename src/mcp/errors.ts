import { SparkqError } from '../contract/errors.ts'

/**
 * An error as an assistant reads it: what is wrong, where in its call, and the next step.
 * A bug is told as one; `onBug` hears of what it was.
 */
export function errorText(error: unknown, onBug: (error: unknown) => void): string {
  if (!(error instanceof SparkqError) || error.code === 'internal') {
    onBug(error)
    return 'Something went wrong inside SparkQ. The same call may work again; sparkq doctor looks for a cause.'
  }
  const places = error.errors
    .slice(1)
    .map(({ pointer, detail }) => `- ${pointer.slice(1).replaceAll('/', '.')} ${detail}`)
  const hint = error.hint === undefined ? [] : [`Next:\n${error.hint.split('\n').map(stepText).join('\n')}`]
  return [error.message, ...places, ...hint].join('\n')
}

/** A command to type; where a tool says the same, that one. */
function stepText(command: string): string {
  const [, words = ''] = /^sparkq (.*)$/.exec(command) ?? []
  if (/^queue list\b/.test(words)) return '- list_lanes {}'
  if (/^tasks\b/.test(words)) return '- list_tasks {}'
  if (/^scripts( list)?$/.test(words)) return '- list_scripts {}'
  const [, task] = /^task (\S+)$/.exec(words) ?? []
  if (task !== undefined) return `- get_task ${JSON.stringify({ task })}`
  return words === '' ? `- ${command}` : `- in a shell: ${command}`
}
