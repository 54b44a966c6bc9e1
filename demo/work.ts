import readline from 'node:readline'
import type { Readable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { oneLine, shorten } from '../src/cli/text.ts'
import type { createLiveView } from './live.ts'
import { ended, type Piped, type Place } from './place.ts'

type View = ReturnType<typeof createLiveView>

/** `● AUTH-7  run-bash ./x.sh`: what a runner says of a task, with its sign, in either of the two alphabets of signs. */
const taskLine = /^([●✓✗⏸!*+x-]) ([A-Z]+-\d+) {2}(.*)$/
const signs: Record<string, string> = { '*': '●', '+': '✓', x: '✗', '-': '⏸' }

/** Columns for what a running task does: its last line of output stands beside it. */
const liveWork = 44

/**
 * Works a lane with `sparkq runner` until it is empty, and shows what the runner says and what its task writes.
 * @throws when the runner does not end with 0
 */
export async function workLane(place: Place, lane: string, view: View): Promise<void> {
  const runner = place.spawn(['runner', '-q', lane])
  let current: { id: string; work: string; follower?: Piped } | undefined

  const begin = (id: string, work: string): void => {
    current = { id, work }
    view.show(lane, { sign: '●', text: `${id}  ${shorten(work, liveWork)}`, since: performance.now() })
    if (view.isLive) current.follower = follow(place, id, said => current?.id === id && view.hear(lane, said))
    else view.say(lane, `● ${id}  ${work}`)
  }
  const end = (id: string, sign: string, text: string): void => {
    const work = current?.work ?? ''
    current?.follower?.kill()
    current = undefined
    // What it did was to be seen while it ran; on a terminal there is more room for what it said.
    view.say(
      lane,
      `${sign} ${id}  ${view.isLive ? text.replace(` · ${work}`, '').replace(` - ${work}`, '') : text}`,
    )
    view.show(lane, { sign: '○', text: sign === '⏸' ? `${id} waits` : '' })
  }
  eachLine(runner.stdout, line => {
    const [, typed = '', id, text = ''] = taskLine.exec(line) ?? []
    const sign = signs[typed] ?? typed
    if (id === undefined || sign === '!') view.say(lane, line)
    else if (sign === '●') begin(id, text)
    else end(id, sign, text)
  })
  eachLine(runner.stderr, line => view.say(lane, line))

  const code = await ended(runner)
  view.show(lane, { sign: '✓', text: 'nothing queued' })
  if (code !== 0) throw new Error(`The runner of ${lane} ended with ${code}.`)
}

/** What a task writes, as `sparkq logs -f` shows it. */
function follow(place: Place, id: string, hear: (line: string) => void): Piped {
  const follower = place.spawn(['logs', '-f', id])
  for (const stream of [follower.stdout, follower.stderr])
    eachLine(stream, line => hear(oneLine(stripVTControlCharacters(line))))
  return follower
}

function eachLine(stream: Readable, action: (line: string) => void): void {
  readline.createInterface({ input: stream }).on('line', action)
}
