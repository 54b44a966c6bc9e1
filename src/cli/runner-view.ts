import { shellQueue } from '../contract/shell-word.ts'
import { spaceSentence } from '../contract/space-text.ts'
import type { Task } from '../contract/tasks.ts'
import type { RunnerEvent } from '../runner/report.ts'
import { endLine } from './end-line.ts'
import { sayNext } from './hints.ts'
import { openingCommand, whyClosed } from './lanes.ts'
import { workText } from './queued.ts'
import { createStatusLine, type StatusLine } from './status-line.ts'
import { timeText } from './task-text.ts'
import type { Terminal } from './terminal.ts'
import { count, indent, oneLine, padEnd, visible } from './text.ts'
import { duration, relative, soonOrClock, span } from './times.ts'

/** How often the time in the status line moves. */
const tickMs = 1000

/**
 * Shows what a runner does: on a terminal one line that is kept up to date, above it what has ended; in a pipe, lines.
 * @param among where this lane is one of several: its own line, and how wide the names of lanes are
 * @returns what takes the runner's events
 */
export function createRunnerView(
  terminal: Terminal,
  among?: { line: StatusLine; width: () => number },
): (event: RunnerEvent) => void {
  const { out, err } = terminal
  const status = among?.line ?? createStatusLine(out)
  const became = new Map<string, Task['status']>()
  let lane = ''
  let running: { task: Task; line: string } | undefined
  let idle = ''
  let tick: NodeJS.Timeout | undefined

  const label = (): string => padEnd(oneLine(lane), among?.width() ?? 0)
  const show = (): void => {
    if (!running) {
      if (idle === '') status.clear()
      else status.show(`${label()}  ${out.paint('dim', `○ ${idle}`)}`)
      return
    }
    const { task, line } = running
    const head = `${label()}  ${out.paint('blue', '●')} ${task.friendly_id}  ${workText(terminal, task)}`
    status.show(`${head}  ${timeText(task)}${line === '' ? '' : `  › ${oneLine(line)}`}`)
  }
  const run = (task: Task | undefined): void => {
    running = task && { task, line: '' }
    clearInterval(tick)
    if (task && out.isTerminal) tick = setInterval(show, tickMs)
    show()
  }
  const named = (line: string): string => (among ? `${oneLine(lane)}: ${line}` : line)
  const say = (line: string): void => status.above(() => out.line(line))
  const hint = (...hints: Parameters<typeof sayNext>[1]): void => status.above(() => sayNext(err, hints))

  return event => {
    switch (event.type) {
      case 'started': {
        const { queue, runner } = event
        lane = queue.name
        say(`${out.paint('bold', queue.name)} · session ${queue.session.name} · ${runner.worker_id}`)
        if (queue.instructions) say(indent(visible(queue.instructions.trim()), 2))
        return
      }
      case 'task_started': {
        const { task, adopted } = event
        if (adopted) say(`${task.friendly_id} was left by an earlier runner; it is taken up.`)
        if (!out.isTerminal) say(`● ${task.friendly_id}  ${workText(terminal, task)}`)
        idle = ''
        return run(task)
      }
      case 'output':
        if (running) running.line = event.line
        return show()
      case 'stale': {
        const { friendly_id, timeout, stops_at } = event.task
        const stops = stops_at ? `; it stops ${relative(stops_at)}` : ''
        return say(`${out.paint('yellow', '!')} ${friendly_id}  past its timeout of ${span(timeout)}${stops}`)
      }
      case 'stalled': {
        const idle = `no output and no processor time for ${duration(event.idleMs)}`
        return say(`${out.paint('yellow', '!')} ${event.task.friendly_id}  ${idle}`)
      }
      case 'revived':
        return say(`${event.task.friendly_id} shows life again.`)
      case 'stopping':
        return say(`${event.task.friendly_id} is being stopped (${event.cause}).`)
      case 'task_ended': {
        became.set(event.task.id, event.task.status)
        run(undefined)
        return say(endLine(terminal, event.task))
      }
      case 'waiting': {
        if (among && out.isTerminal) {
          idle = waitingLine(event)
          return show()
        }
        say(named(waitingLine(event)))
        const opening = openingCommand(event.queue)
        if (opening) hint([opening, 'let it go on'])
        if (event.because === 'other_tool') hint([`sparkq claim ${shellQueue(lane)}`, 'take it yourself'])
        return
      }
      case 'warning':
        return status.above(() => err.line(named(event.message)))
      case 'ended': {
        idle = ''
        run(undefined)
        const parts = [`${countOf(became, 'succeeded')} succeeded`, `${countOf(became, 'failed')} failed`]
        const waiting = countOf(became, 'queued')
        if (waiting > 0) parts.push(count(waiting, 'waits', 'wait'))
        say(named(`Done: ${parts.join(', ')}.`))
        if (!event.left) return
        say(`${event.left.friendly_id} goes on without this runner; the next one takes it up.`)
        return hint(
          [`sparkq runner ${shellQueue(lane)}`, 'take it up'],
          [`sparkq cancel ${event.left.friendly_id}`, 'stop it'],
        )
      }
    }
  }
}

const countOf = (became: Map<string, Task['status']>, status: Task['status']): number =>
  [...became.values()].filter(it => it === status).length

function waitingLine({
  queue,
  because,
  next,
  until,
  space,
}: Extract<RunnerEvent, { type: 'waiting' }>): string {
  const due = until ? soonOrClock(until) : 'later'
  switch (because) {
    case 'empty':
      return 'Nothing queued.'
    case 'not_active':
      return `The lane is ${whyClosed(queue) ?? queue.status}: nothing is claimed.`
    case 'delayed':
      return `What is queued is due ${due}.`
    case 'waiting':
      return `The first task goes on ${due}; the lane keeps its order.`
    case 'max_running':
      return 'As many tasks run as limits.max_running allows; the lane waits for a place.'
    case 'tree_busy':
      return 'Another agent works in the same folder; the lane waits until it has ended.'
    case 'provider':
      return until
        ? `The agent of the first task is limited until ${soonOrClock(until)}.`
        : 'The agent of the first task is paused: sparkq providers says why.'
    case 'stopping':
      return 'This runner was asked to go.'
    case 'no_space':
      return space ? spaceSentence(space) : 'The disk has too little room: nothing is claimed for now.'
    case 'other_tool':
      return `${next?.friendly_id ?? 'The first task'} is for ${next?.tool_name ?? 'another tool'}, which runners do not run.`
  }
}
