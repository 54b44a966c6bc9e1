import type { Attempt } from '../../contract/attempts.ts'
import type { Task } from '../../contract/tasks.ts'
import type { Tool } from '../../contract/tools.ts'
import { planCommand } from '../../runner/command.ts'
import { shellWord, visible } from '../text.ts'
import { clock, span } from '../times.ts'
import { hintFor } from './hint.ts'

export type Shown = {
  task: Task
  /** The attempt before this one. */
  before: Attempt | undefined
  /** It was given out before, and is not finished. */
  again: boolean
  tool: Tool
  /** What the payload's paths are relative to. */
  root: string
  /** How the commands are typed: `sparkq`, or more. */
  sparkq: string
  /** What follows the commands: ` --url …` */
  suffix: string
}

/**
 * A task as an assistant reads it: its head, what to know, the work indented by two, and below it the commands that finish it,
 * each alone on a line.
 */
export function taskLines(shown: Shown): string[] {
  const { task, again, tool } = shown
  const { friendly_id: name, id, tool_name, attempt, timeout, stops_at } = task
  const stop = stops_at === null ? '' : `; at ${clock(stops_at)} it is failed if it is not finished`
  return [
    '',
    `=== ${name} · ${tool_name} · attempt ${attempt} · ${id} ===`,
    ...(again ? [`${name} is still yours: it was given to you before, and is not finished.`] : []),
    `Time: ${span(timeout)}${stop}.`,
    `Hint: ${hintFor(tool)}`,
    ...beforeLines(shown),
    ...workLines(shown),
    ...answerLines(task),
    `When ${name} is done, run (add --data '{"key": "value"}' for a result that programs read):`,
    command(shown, 'complete', '"SUMMARY"'),
    'When it cannot be done:',
    command(shown, 'fail', '"REASON"'),
    'When you need the person to decide; the task comes again with the answer:',
    command(shown, 'ask', '"QUESTION" --option "A" --option "B"'),
  ]
}

const command = ({ sparkq, suffix, task }: Shown, verb: string, words: string): string =>
  `  ${sparkq} ${verb} ${task.friendly_id} ${words} --attempt ${task.attempt}${suffix}`

const block = (text: string): string[] =>
  visible(text.trimEnd())
    .split('\n')
    .map(line => (line === '' ? '' : `  ${line}`))

function beforeLines({ before }: Shown): string[] {
  if (before === undefined || before.error_message === null) return []
  return [
    `It was begun before, and that attempt ended so: ${visible(before.error_message)} Look first at what is there of it.`,
  ]
}

/** What the person answered, for whoever takes up the task again. */
function answerLines({ questions = [] }: Task): string[] {
  return questions.flatMap(({ question, answer }) =>
    answer === null ? [] : ['It was asked:', ...block(question), 'The person answers:', ...block(answer)],
  )
}

function workLines(shown: Shown): string[] {
  const { payload, tool_name } = shown.task
  const { prompt, code, command } = (payload ?? {}) as Record<string, unknown>
  if (typeof prompt === 'string') return ['Prompt:', ...block(prompt)]
  if (shown.tool.kind !== 'bash' && shown.tool.kind !== 'python')
    return [`Payload for ${tool_name}:`, ...block(JSON.stringify(payload, null, 2))]
  const planned = planCommand(shown.task, null, shown.root)
  if (!('argv' in planned)) return [`It cannot be run here: ${planned.detail} Fail it with that.`]
  const env = Object.entries(planned.env).map(([name, value]) => `${name}=${shellWord(value)}`)
  const where = `Run in ${planned.cwd}${env.length > 0 ? ` with ${env.join(' ')}` : ''}`
  if (typeof command === 'string') return [`${where}, in bash:`, ...block(command)]
  if (typeof code === 'string') return [`${where}, with ${planned.argv[0]}:`, ...block(code)]
  return [`${where}:`, ...block(planned.argv.map(shellWord).join(' '))]
}
