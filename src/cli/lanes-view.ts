import { shellQueue } from '../contract/shell-word.ts'
import type { RunnerEvent } from '../runner/report.ts'
import { howItEnded, type LaneName, type SupervisorEvent } from '../supervisor/report.ts'
import { sayNext } from './hints.ts'
import { createRunnerView } from './runner-view.ts'
import { createStatusBlock } from './status-line.ts'
import type { Terminal } from './terminal.ts'
import { oneLine, widthOf } from './text.ts'
import { soonOrClock } from './times.ts'

/**
 * Shows what the runners of several lanes do: on a terminal a line for each that is kept up to date, above them what
 * has ended; in a pipe, lines.
 * @returns what takes the supervisor's events
 */
export function createLanesView(terminal: Terminal): (event: SupervisorEvent) => void {
  const { out, err } = terminal
  const block = createStatusBlock(out)
  const views = new Map<string, (event: RunnerEvent) => void>()

  let widest = 0

  const viewOf = ({ id, name }: LaneName) => {
    widest = Math.max(widest, widthOf(oneLine(name)))
    const view = views.get(id) ?? createRunnerView(terminal, { line: block.line(id), width: () => widest })
    views.set(id, view)
    return view
  }
  const complain = ({ id, name }: LaneName, text: string): void =>
    block.line(id).above(() => err.line(`${oneLine(name)}: ${text}`))

  return event => {
    switch (event.type) {
      case 'runner':
        return viewOf(event.lane)(event.event)
      case 'runner_died': {
        block.line(event.lane.id).clear()
        const { pid, end, restart_at } = event
        const again = `it is started again ${soonOrClock(restart_at)}`
        return complain(event.lane, `the runner (process ${pid}) died: ${howItEnded(end)}; ${again}.`)
      }
      case 'lane_held': {
        const { lane, pid, hostname } = event
        complain(lane, `another runner works it (process ${pid} on ${hostname}); this one waits.`)
        return block
          .line(lane.id)
          .above(() => sayNext(err, [[`sparkq stop ${shellQueue(lane.name)}`, 'end that one']]))
      }
      case 'runner_replaced':
        return complain(
          event.lane,
          `process ${event.pid}, which was left alone, makes room for a new runner.`,
        )
      case 'warning':
        return block.line('').above(() => err.line(event.message))
      default:
        return block.line(event.lane.id).clear()
    }
  }
}
