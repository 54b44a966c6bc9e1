import fs from 'node:fs'
import path from 'node:path'
import type { Ending } from '../contract/attempts.ts'
import {
  type CodePayload,
  type CommandPayload,
  type PromptPayload,
  payloadSchema,
  type ScriptPayload,
  toolKind,
} from '../contract/payloads.ts'
import { answersText } from '../contract/questions.ts'
import type { Task } from '../contract/tasks.ts'
import { promptPlaceholder } from '../contract/tools.ts'
import { findErrors } from '../contract/validate.ts'

/**
 * What to start: an argument vector, and where. `env` is what the payload adds to the runner's own, `stdin` what it reads
 * there.
 */
export type Command = { argv: string[]; cwd: string; env: Record<string, string>; stdin?: string }

export type Refused = Extract<Ending, { kind: 'spawn_failed' | 'invalid_payload' }>

type Payload = ScriptPayload | CommandPayload | CodePayload
type Planned = Pick<Task, 'tool_name' | 'payload' | 'queue' | 'questions'>

/**
 * Turns a task into what to start. What was true when it was enqueued may no longer be: a script may be gone.
 * @param template of its tool, where that has one
 * @param root     what the payload's paths are relative to
 */
export function planCommand(
  task: Planned,
  template: readonly string[] | null,
  root: string,
): Command | Refused {
  try {
    return planOrThrow(task, template, root)
  } catch (error) {
    // A script that may no longer be read, a loop of links, a name that is too long.
    return refuse('spawn_failed', `${(error as Error).message}.`)
  }
}

function planOrThrow(task: Planned, template: readonly string[] | null, root: string): Command | Refused {
  const { tool_name: toolName, payload } = task
  const kind = template ? 'prompt' : toolKind(toolName)
  const schema = payloadSchema(kind, payload as Record<string, unknown>)
  const [error] = schema ? findErrors(schema, payload) : []
  if (error)
    return refuse('invalid_payload', `This is no payload for ${toolName}: ${error.pointer} ${error.detail}.`)
  if (template) return fill(template, promptOf(task), root)
  if (kind !== 'bash' && kind !== 'python')
    return refuse('spawn_failed', `the tool ${toolName} has no command to run it with any more.`)

  const { cwd: given = '.', env = {} } = payload as Payload
  const cwd = path.resolve(root, given)
  if (!fs.statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return refuse('spawn_failed', `the folder ${cwd} to run in does not exist.`)
  }
  fs.accessSync(cwd, fs.constants.X_OK)
  const argv = plan(payload as Payload, kind === 'python', root)
  return Array.isArray(argv) ? { argv, cwd, env } : argv
}

/** The lane's instructions go before every prompt, what the person answered to an earlier attempt behind it. */
function promptOf({ payload, queue: { instructions }, questions }: Planned): string {
  const { prompt } = payload as PromptPayload
  const asked = answersText(questions)
  return `${instructions?.trim() ? `${instructions.trim()}\n\n` : ''}${prompt}${asked && `\n\n${asked}`}`
}

/** Every word is one argument, whatever is in the prompt: there is no shell. */
function fill(template: readonly string[], prompt: string, root: string): Command {
  const argv = template.map(word => word.replaceAll(promptPlaceholder, () => prompt))
  const isNamed = template.some(word => word.includes(promptPlaceholder))
  return { argv, cwd: root, env: {}, ...(isNamed ? {} : { stdin: prompt }) }
}

function plan(payload: Payload, python: boolean, root: string): string[] | Refused {
  if ('command' in payload) return ['bash', '-c', payload.command]
  if ('code' in payload) return [findPython(root), '-c', payload.code]
  const script = path.resolve(root, payload.script_path)
  if (!fs.statSync(script, { throwIfNoEntry: false })?.isFile()) {
    return refuse('spawn_failed', `the script ${script} does not exist any more.`)
  }
  const starter = findStarter(script, python, root)
  return Array.isArray(starter) ? [...starter, script, ...(payload.args ?? [])] : starter
}

/** An executable script with a shebang starts itself; any other runs under its tool's interpreter. */
function findStarter(script: string, python: boolean, root: string): string[] | Refused {
  const interpreter = isExecutable(script) ? readShebang(script) : undefined
  if (interpreter === undefined) return [python ? findPython(root) : 'bash']
  if (fs.existsSync(interpreter)) return []
  return refuse('spawn_failed', `${script} asks for ${interpreter}, which is not on this machine.`)
}

function findPython(root: string): string {
  const own = path.join(root, '.venv/bin/python')
  return fs.existsSync(own) ? own : 'python3'
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The program that the first line names, if it begins with `#!`. */
function readShebang(script: string): string | undefined {
  const fd = fs.openSync(script, 'r')
  try {
    const head = Buffer.alloc(256)
    const line = head
      .toString('utf8', 0, fs.readSync(fd, head, 0, head.length, 0))
      .split('\n', 1)[0] as string
    return /^#!\s*(\S+)/.exec(line)?.[1]
  } finally {
    fs.closeSync(fd)
  }
}

export function refuse(kind: Refused['kind'], detail: string): Refused {
  return { kind, detail }
}
