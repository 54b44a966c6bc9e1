import type { Face, Style } from '../src/cli/terminal.ts'
import { shorten } from '../src/cli/text.ts'
import { duration } from '../src/cli/times.ts'
import { type Lane, lanes } from './plan.ts'

/** What is shown of a lane at the moment; `since` (performance.now) is when its task began. */
export type LaneState = { sign: string; text: string; since?: number; line?: string }

const tickMs = 100
const width = Math.max(...lanes.map(lane => lane.name.length)) + 2
const styles: Record<string, Style> = { '✓': 'green', '✗': 'red', '⏸': 'yellow', '!': 'yellow', '●': 'blue' }

/** On a terminal one line per lane that is kept up to date, and above them what is said; in a pipe, what is said. */
export function createLiveView(out: Face) {
  const isLive = out.isTerminal && process.env.TERM !== 'dumb'
  const states = new Map<string, LaneState>(lanes.map(({ name }) => [name, { sign: '○', text: '' }]))
  let drawn = 0

  const clear = (): string => (drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`)
  const redraw = (above = ''): void => {
    const rows = lanes.map(lane => stateRow(out, lane, states.get(lane.name) as LaneState))
    out.raw(`${clear()}${above}${rows.join('\n')}\n`)
    drawn = rows.length
  }
  let tick: NodeJS.Timeout | undefined

  return {
    isLive,
    begin(): void {
      if (!isLive) return
      out.raw('\x1b[?25l')
      tick = setInterval(() => redraw(), tickMs)
    },
    say(lane: string, line: string): void {
      const row = cut(out, `${out.paint('dim', lane.padEnd(width))}`, line)
      if (tick) redraw(`${row}\n`)
      else out.line(row)
    },
    show(lane: string, state: LaneState): void {
      states.set(lane, state)
      if (tick) redraw()
    },
    /** Adds the last line of output to what the lane shows. */
    hear(lane: string, line: string): void {
      const state = states.get(lane)
      if (state?.since !== undefined) state.line = line
    },
    end(): void {
      clearInterval(tick)
      if (tick) out.raw(`${clear()}\x1b[?25h`)
      tick = undefined
      drawn = 0
    },
  }
}

function stateRow(out: Face, { name }: Lane, { sign, text, since, line }: LaneState): string {
  const time = since === undefined ? '' : `  ${duration(performance.now() - since)}`
  const said = line === undefined || line === '' ? '' : `  › ${line}`
  return cut(out, out.paint('bold', name.padEnd(width)), `${sign} ${text}${time}${said}`)
}

/** Fits a line beside the lane's name, and gives its sign the colour of what it means. */
function cut(out: Face, lane: string, line: string): string {
  const fitting = shorten(line, out.columns - width - 1)
  const [sign = ''] = fitting
  const style = fitting[1] === ' ' ? styles[sign] : undefined
  return lane + (style ? out.paint(style, sign) + fitting.slice(1) : fitting)
}
