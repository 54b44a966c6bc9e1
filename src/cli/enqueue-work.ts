import fs from 'node:fs'
import path from 'node:path'
import { invalid } from '../contract/errors.ts'
import type { ToolKind } from '../contract/payloads.ts'
import type { Queue } from '../contract/queues.ts'
import { readPayloadOption, readStdin, readTextFile } from './read-input.ts'
import type { KindOf } from './tool-kinds.ts'

/** What shall be done, in the form it was typed in. */
export type Work =
  | { form: 'script'; file: string; args: string[] }
  | { form: 'command'; text: string }
  | { form: 'prompt'; text: string }
  | { form: 'payload'; payload: Record<string, unknown> }

export type Typed = {
  prompt: string | undefined
  rest: string[] | undefined
  command: string | undefined
  payload: string | undefined
  file: string | undefined
  stored: string | undefined
}

/**
 * Reads what was typed, which must be in one form.
 * @param render the text of a stored prompt
 */
export async function readWork(
  typed: Typed,
  cwd: string,
  render: (name: string) => Promise<string>,
): Promise<Work> {
  const forms = Object.entries(typed).filter(([, value]) => value !== undefined)
  if (forms.length > 1) {
    const names = forms.map(([form]) => formNames[form as keyof Typed])
    throw invalid(`Either ${names.join(' or ')}: a task does one thing.`, { hint: 'sparkq help enqueue' })
  }
  const { rest, command, payload, file, stored, prompt } = typed
  if (rest !== undefined) {
    if (rest[0] === undefined) throw invalid('Nothing stands behind --.', { hint: `-- FILE ARGS…` })
    return { form: 'script', file: rest[0], args: rest.slice(1) }
  }
  if (command !== undefined) return { form: 'command', text: command }
  if (payload !== undefined)
    return { form: 'payload', payload: (await readPayloadOption(payload, cwd)) as Record<string, unknown> }
  if (file !== undefined) return readPrompt(readTextFile(file, '--file', cwd))
  if (stored !== undefined) return readPrompt(await render(stored))
  if (prompt !== undefined) return readPrompt(prompt === '-' ? await readStdin() : prompt)
  throw invalid('What shall be done?', { hint: nothingToDo })
}

/** The payload as it is stored: paths relative to the project. */
export function toPayload(
  work: Work,
  { tool, kindOf, root, cwd }: { tool: string | undefined; kindOf: KindOf; root: string; cwd: string },
): Record<string, unknown> {
  switch (work.form) {
    case 'script': {
      const script_path = toProjectPath(work.file, root, cwd)
      return work.args.length > 0 ? { script_path, args: work.args } : { script_path }
    }
    case 'command':
      return tool && kindOf(tool) === 'python' ? { code: work.text } : { command: work.text }
    case 'prompt':
      return { prompt: work.text }
    case 'payload':
      return work.payload
  }
}

/** The tool where none was named: the lane's own if it can do such work, else the one that the form speaks for. */
export function chooseTool({ settings }: Queue, work: Work, kindOf: KindOf): string | undefined {
  const own = settings.default_tool
  if (own !== undefined && canDo(kindOf(own), work)) return own
  if (work.form === 'script') return work.file.endsWith('.py') ? 'run-python' : 'run-bash'
  return work.form === 'command' ? 'run-bash' : undefined
}

/** A path as typed in `cwd`, relative to the project; one outside of it is absolute. */
export function toProjectPath(typed: string, root: string, cwd: string): string {
  const file = path.resolve(cwd, typed)
  for (const [from, to] of [
    [root, file],
    [real(root), real(file)],
  ] as const) {
    const relative = path.relative(from, to)
    if (relative === '') return '.'
    if (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
      return relative
  }
  return file
}

const formNames: Record<keyof Typed, string> = {
  prompt: 'a prompt',
  rest: '-- FILE',
  command: '-c COMMAND',
  payload: '--payload',
  file: '--file',
  stored: '--prompt NAME',
}

const nothingToDo = `sparkq enqueue -q NAME -- ./script.sh ARGS…
sparkq enqueue -q NAME -c 'make test'
sparkq add NAME "fix the login test"`

function readPrompt(text: string): Work {
  if (text.trim() === '') throw invalid('The prompt must not be blank.', { hint: 'sparkq help enqueue' })
  return { form: 'prompt', text: text.replace(/\n+$/, '') }
}

function canDo(kind: ToolKind, { form }: Work): boolean {
  if (kind === 'other' || form === 'payload') return true
  return (kind === 'prompt') === (form === 'prompt')
}

/** With links resolved as far as it exists. */
function real(file: string): string {
  try {
    return fs.realpathSync(file)
  } catch {
    return file
  }
}
