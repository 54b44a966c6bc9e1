import { shellWord } from '../../../src/contract/shell-word.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import type { Tool } from '../../../src/contract/tools.ts'

/**
 * What is being written. `text` is a command line, code, a prompt or JSON, as the tool takes it; `stored`, `values`: a
 * stored prompt in its place; `script`, `inputs`, `more`: a script, what it says that it takes, and further arguments.
 * `rest`: what else the task that it began from had in its payload. `notBefore`: as `datetime-local` has it.
 */
export type Draft = {
  queue: string
  tool: string
  isScript: boolean
  text: string
  stored: string
  values: Record<string, string>
  script: string
  inputs: string[]
  more: string
  several: boolean
  timeout: string
  notBefore: string
  check: string
  attempts: string
  rest: Record<string, unknown>
}

export const emptyDraft: Draft = {
  queue: '',
  tool: '',
  isScript: false,
  text: '',
  stored: '',
  values: {},
  script: '',
  inputs: [],
  more: '',
  several: false,
  timeout: '',
  notBefore: '',
  check: '',
  attempts: '',
  rest: {},
}

/** For the next one: where it goes and how it is set stays, what it is to do does not. */
export const nextDraft = (draft: Draft): Draft => ({
  ...emptyDraft,
  queue: draft.queue,
  tool: draft.tool,
  isScript: draft.isScript,
  stored: draft.stored,
  script: draft.script,
  several: draft.several,
  timeout: draft.timeout,
  check: draft.check,
  attempts: draft.attempts,
})

/** A draft that makes the same task again. */
export function draftOf(task: Task): Draft {
  const { check, ...payload } = (task.payload ?? {}) as Record<string, unknown>
  const common: Draft = {
    ...emptyDraft,
    queue: task.queue.name,
    tool: task.tool_name,
    timeout: String(task.timeout),
    attempts: task.max_attempts > 1 ? String(task.max_attempts) : '',
    check: typeof check === 'string' ? check : '',
  }
  const { script_path, args, ...ofScript } = payload
  if (typeof script_path === 'string') {
    const more = Array.isArray(args) ? args.map(it => shellWord(String(it))).join(' ') : ''
    return { ...common, isScript: true, script: script_path, more, rest: ofScript }
  }
  const key = ['prompt', 'command', 'code'].find(name => typeof payload[name] === 'string')
  if (!key) {
    const whole = (task.payload ?? {}) as Record<string, unknown>
    return { ...common, check: '', text: JSON.stringify(whole, null, 2) }
  }
  const { [key]: text, ...rest } = payload
  return { ...common, text: String(text), rest }
}

/** What a text is to a tool. */
export const textKeys = { prompt: 'prompt', bash: 'command', python: 'code', other: undefined } as const

export const takesScripts = ({ kind }: Pick<Tool, 'kind'>): boolean => kind === 'bash' || kind === 'python'
/** Code and JSON have lines of their own. */
export const takesSeveral = ({ kind }: Pick<Tool, 'kind'>): boolean => kind === 'bash' || kind === 'prompt'
