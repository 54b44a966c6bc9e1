import type { Queue } from '../contract/queues.ts'
import { shellWord } from '../contract/shell-word.ts'
import type { Task } from '../contract/tasks.ts'
import { clock, relative, span } from '../contract/time-text.ts'

type Work = Pick<Task, 'payload' | 'tool_name'>

/** What a task does, in one line of at most 160 characters. */
export function workLine(task: Work): string {
  const { script, command, code, prompt } = readWork(task)
  const line = (script ?? command ?? code ?? prompt ?? JSON.stringify(task.payload))
    .trim()
    .replace(/\s+/g, ' ')
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}

/** What a task asks for, whole, and what an assistant that works it does with that. */
export function workText(task: Work): string {
  const { script, command, code, prompt, cwd, env } = readWork(task)
  const where = [
    cwd === undefined ? 'in the project’s folder' : `in ${cwd}`,
    ...(env === undefined
      ? []
      : [
          `with ${Object.entries(env)
            .map(pair => pair.map(shellWord).join('='))
            .join(' ')}`,
        ]),
  ].join(', ')
  const judge = 'Exit code 0 means complete it, any other means fail it with what the output says.'
  if (script !== undefined) return `Run this script ${where}. ${judge}\n\n${script}`
  if (command !== undefined) return `Run this in bash, ${where}. ${judge}\n\n${command}`
  if (code !== undefined) return `Run this Python code ${where}. ${judge}\n\n${code}`
  if (prompt !== undefined) return `Do this:\n\n${prompt}`
  return `Do what this says, as ${task.tool_name} would:\n\n${JSON.stringify(task.payload, null, 2)}`
}

type Read = {
  [K in 'script' | 'command' | 'code' | 'prompt' | 'cwd']: string | undefined
} & { env: Record<string, string> | undefined }

function readWork({ payload, tool_name }: Work): Read {
  const { script_path, args, command, code, prompt, cwd, env } = (payload ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const file = text(script_path)
  return {
    script:
      file === undefined ? undefined : asTyped(file, tool_name, Array.isArray(args) ? args.map(String) : []),
    ...{ command: text(command), code: text(code), prompt: text(prompt), cwd: text(cwd) },
    env: env && typeof env === 'object' ? (env as Record<string, string>) : undefined,
  }
}

/** As it has to be typed in the project’s folder. */
function asTyped(file: string, tool: string, args: string[]): string {
  const words = [/^\.{0,2}\//.test(file) ? file : `./${file}`, ...args].map(shellWord).join(' ')
  return tool === 'run-python' ? `python3 ${words}` : words
}

/** `failed, exit_code: It ended with exit code 7.` */
export function stateText(task: Task): string {
  switch (task.status) {
    case 'queued':
      return task.wait_reason === null ? 'queued' : `queued, waits (${task.wait_reason.replace('_', ' ')})`
    case 'running':
      return `running${task.worker_id === null ? '' : `, ${task.worker_id} has it`}${stopsText(task)}`
    case 'succeeded':
      return `succeeded: ${task.result_summary ?? ''}`
    case 'failed':
      return `failed (${task.error_type ?? 'unknown'}): ${task.error_message ?? ''}`
  }
}

export const stopsText = (task: Task): string =>
  task.stops_at === null
    ? ''
    : `, is failed as timed out at ${clock(task.stops_at)} (${relative(task.stops_at)}; its timeout is ${span(task.timeout)})`

/** `active, 3 queued, 1 running`. */
export function laneText({
  status,
  pause_reason,
  counts,
}: Pick<Queue, 'status' | 'pause_reason' | 'counts'>): string {
  const reason = pause_reason === null ? '' : ` (${pause_reason})`
  return `${status === 'idle' ? 'paused' : status}${reason}, ${counts.queued} queued, ${counts.running} running, ${counts.succeeded} succeeded, ${counts.failed} failed`
}
