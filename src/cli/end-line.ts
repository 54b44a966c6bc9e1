import type { Task } from '../contract/tasks.ts'
import { workText } from './queued.ts'
import { glyphOf, statusText, timeText } from './task-text.ts'
import type { Terminal } from './terminal.ts'
import { oneLine } from './text.ts'

/** What became of a task, in one line: `✓ AUTH-5  succeeded · 3.2 s · run-bash ./scripts/migrate.sh · applied 4`. */
export function endLine(terminal: Terminal, task: Task): string {
  const { text, style } = glyphOf(task)
  const said = task.result_summary ?? task.error_detail ?? task.error_message ?? ''
  const parts = [statusText(task), timeText(task), workText(terminal, task), oneLine(said)]
  const words = parts.filter(part => part !== '').join(' · ')
  return `${terminal.out.paint(style, text)} ${task.friendly_id}  ${words}`
}
