import type { Task } from '../contract/tasks.ts'

/** How much of a prompt and of a result is told. */
const longest = 300

/** What a lane did so far, for an agent that knows nothing of it: its last tasks, the oldest first. Null where there are none. */
export function digestOf(tasks: readonly Task[]): string | null {
  if (tasks.length === 0) return null
  return tasks.map(entry).join('\n')
}

function entry({ friendly_id, status, payload, result_summary, error_message }: Task): string {
  const asked = cut(askedFor(payload as Record<string, unknown>))
  const became = cut((status === 'succeeded' ? result_summary : error_message) ?? '')
  return `- ${friendly_id} (${status}): ${asked}${became === '' ? '' : `\n  → ${became}`}`
}

function askedFor(payload: Record<string, unknown>): string {
  const said = ['prompt', 'command', 'script_path', 'code'].map(key => payload[key])
  return String(said.find(it => typeof it === 'string') ?? JSON.stringify(payload))
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= longest ? line : `${line.slice(0, longest).trimEnd()}…`
}
