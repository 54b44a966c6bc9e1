import type { Api, Input } from '../../contract/api.ts'
import { SparkqError } from '../../contract/errors.ts'
import type { Task } from '../../contract/tasks.ts'
import { cautions } from '../changes-text.ts'
import { ifAny } from '../lanes.ts'
import { reportError } from '../report-error.ts'
import { showPatch } from '../show-patch.ts'
import { showTask } from '../show-task.ts'
import { hasColours, type Terminal } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { showCard } from './card.ts'
import { editCopy } from './edit-copy.ts'
import type { Key, Keyboard } from './keyboard.ts'
import { readTail } from './output-tail.ts'
import { pageOutput } from './pager.ts'

/** Which tasks there are, read as they are needed: the id of the one at that place, or undefined behind the last. */
export type Round = { total: number; at(place: number): Promise<string | undefined> }
export type Decision = 'accepted' | 'rejected' | 'requeued'
/** What was decided, by task; `end`: how the round ended. */
export type Walked = { decided: Map<string, Decision>; passed: number; end: 'end' | 'quit' | 'interrupt' }

type Walk = {
  api: Api
  terminal: Terminal
  env: NodeJS.ProcessEnv
  keyboard: Keyboard
  decided: Map<string, Decision>
  /** Decided ones are shown, too. */
  named: boolean
  /** Rows above the first card that are to stay in sight. */
  above: number
}
type Step = 'next' | 'back' | 'stay' | 'quit' | 'interrupt'

/** Shows one task after the other and does with it what the person says. */
export async function walk(walk: Walk, round: Round): Promise<Walked> {
  const { decided } = walk
  let place = 0
  let passed = 0
  let forward = true
  for (;;) {
    const id = await round.at(place)
    if (id === undefined) return { decided, passed: place, end: 'end' }
    const task = await findTask(walk, id)
    const step: Step =
      task === undefined ? (forward ? 'next' : 'back') : await present(walk, task, place, round.total)
    if (step === 'quit' || step === 'interrupt') return { decided, passed, end: step }
    forward = step === 'next' || place === 0
    place = Math.max(0, place + (step === 'back' ? -1 : 1))
    passed = Math.max(passed, place)
  }
}

/** The task as it is now; undefined when somebody else decided on it, or it is gone. */
async function findTask({ api, terminal, decided, named }: Walk, id: string): Promise<Task | undefined> {
  const found = await ifAny(api.getTask({ id }))
  if (found === undefined) return undefined
  const { task } = found
  if (named || task.review === 'unreviewed' || decided.has(id)) return task
  terminal.out.line(`${task.friendly_id} is ${task.review} meanwhile.`)
  return undefined
}

async function present(
  walk: Walk,
  task: Task,
  place: number,
  total: number,
): Promise<'next' | 'back' | 'quit' | 'interrupt'> {
  const { api, terminal, keyboard } = walk
  const { out } = terminal
  const draw = async (now: Task): Promise<void> => {
    const { attempts } = await api.listAttempts({ id: now.id })
    const shown = { task: now, attempts, place: `${place + 1} of ${Math.max(total, place + 1)}` }
    const above = place === 0 ? walk.above : 0
    await showCard({ ...out, rows: out.rows - above }, shown, lines =>
      readTail(api, now.id, now.attempt as number, lines),
    )
  }
  await draw(task)
  for (;;) {
    const key = await keyboard.key(keyLine(terminal))
    out.raw('\r\x1b[K')
    const step = await act(walk, task, key, async () => draw((await api.getTask({ id: task.id })).task))
    if (step === 'back' && place === 0) out.line('This is the first one.')
    else if (step !== 'stay') return step
  }
}

/** What each key does. */
async function act(walk: Walk, task: Task, key: Key, draw: () => Promise<void>): Promise<Step> {
  const { api, terminal, keyboard } = walk
  if (key === 'interrupt') return 'interrupt'
  if (key === 'suspend') {
    await keyboard.lend(suspend)
    await draw()
    return 'stay'
  }
  switch (typeof key === 'string' ? key : key.char) {
    case 'a':
      return attempt(walk, task, 'accepted', {})
    case 'x':
      return withNote(walk, task, 'rejected', `Reject ${task.friendly_id}: why?`, {})
    case 'r':
      return withNote(walk, task, 'requeued', `Requeue ${task.friendly_id}: a note?`, {})
    case 'e':
      return editAndRequeue(walk, task, draw)
    case 'o':
      if (await showOutput(walk, task)) await draw()
      return 'stay'
    case 'p':
      if (await showChanges(walk, task)) await draw()
      return 'stay'
    case 'd': {
      const { attempts } = await api.listAttempts({ id: task.id })
      const now = (await api.getTask({ id: task.id })).task
      showTask(terminal.out, { task: now, attempts })
      return 'stay'
    }
    case 's':
    case 'j':
    case 'n':
    case ' ':
    case 'right':
      terminal.out.line(
        `  ${terminal.out.paint('dim', walk.decided.has(task.id) ? 'next' : 'left for later')}`,
      )
      return 'next'
    case 'b':
    case 'k':
    case 'left':
      return 'back'
    case 'q':
      return 'quit'
    case '?':
      for (const [keys, what] of help)
        terminal.out.line(`  ${terminal.out.paint('bold', keys.padEnd(12))} ${what}`)
      return 'stay'
    default:
      return 'stay'
  }
}

const help: readonly [keys: string, what: string][] = [
  ['a', 'accept it: all is well, or well enough'],
  ['x', 'reject it, with a note why'],
  ['r', 'queue a copy of it, with a note'],
  ['e', 'change payload and timeout in your editor, and queue that'],
  ['o', 'read all of its output in your pager'],
  ['p', 'read the patch of what it changed, in your pager'],
  ['d', 'show everything about it, the lane’s instructions too'],
  ['s, j, space', 'leave it for later'],
  ['b, k', 'go back to the one before; a decision can be made anew'],
  ['q, Ctrl-C', 'stop here: what was decided stays, the review stays open'],
]

/** As many as the line bears; `?` tells them all. */
function keyLine({ out }: Terminal): string {
  const keys = [
    'a accept',
    'x reject',
    'r requeue',
    'e edit',
    'o output',
    's skip',
    'b back',
    'q quit',
    'p patch',
    'd details',
  ]
  const shown: string[] = []
  let room = out.columns - 5
  for (const text of keys) {
    if (room - text.length - 2 < 0) break
    room -= text.length + 2
    shown.push(`${out.paint('bold', text[0] as string)}${text.slice(1)}`)
  }
  return `${[...shown, out.paint('bold', '?')].join('  ')} `
}

/** Asks for a note first; Esc goes back to the card. */
async function withNote(
  walk: Walk,
  task: Task,
  decision: Decision,
  question: string,
  edits: Edits,
): Promise<Step> {
  const answer = await walk.keyboard.line(`${question} (Enter: none, Esc: not at all) `)
  if (answer === 'interrupt') return 'interrupt'
  if (answer === 'cancel') return 'stay'
  return attempt(walk, task, decision, answer.text === '' ? edits : { ...edits, note: answer.text })
}

type Edits = Omit<Input<'requeueTask'>, 'id'>

/** Decides; what is refused is told, and the task stays. */
async function attempt(walk: Walk, task: Task, decision: Decision, edits: Edits): Promise<Step> {
  const { api, terminal, decided } = walk
  const { out } = terminal
  try {
    const words = await decide(api, task, decision, edits)
    const style = decision === 'accepted' ? 'green' : decision === 'rejected' ? 'red' : 'blue'
    out.line(`  ${out.paint(style, words)}${edits.note ? ` · ${oneLine(edits.note)}` : ''}`)
    decided.set(task.id, decision)
    return 'next'
  } catch (error) {
    return complain(terminal, error)
  }
}

async function decide(api: Api, { id }: Task, decision: Decision, edits: Edits): Promise<string> {
  if (decision === 'requeued') {
    const { task } = await api.requeueTask({ id, ...edits })
    return `requeued as ${task.friendly_id}`
  }
  await api.reviewTask({ id, decision, ...(edits.note === undefined ? {} : { note: edits.note }) })
  return decision
}

async function editAndRequeue(walk: Walk, task: Task, draw: () => Promise<void>): Promise<Step> {
  const { terminal, keyboard, env } = walk
  try {
    const edits = await keyboard.lend(() => editCopy(task, env))
    return await withNote(walk, task, 'requeued', `Requeue ${task.friendly_id} as edited: a note?`, edits)
  } catch (error) {
    await draw()
    return complain(terminal, error)
  }
}

/** @returns whether the pager has taken the card's place */
async function showOutput({ api, terminal, keyboard, env }: Walk, task: Task): Promise<boolean> {
  const { id, friendly_id, attempt } = task
  const isEmpty = attempt === null || (await readTail(api, id, attempt, 1)).lines.length === 0
  if (isEmpty) {
    terminal.out.line(`${friendly_id} wrote nothing.`)
    return false
  }
  const what = { id, attempt, colours: hasColours(terminal.out) }
  const isShown = await keyboard.lend(() => pageOutput(api, what, env))
  if (!isShown) terminal.err.line(`There is no pager: set PAGER, or sparkq logs ${friendly_id}`)
  return isShown
}

/** @returns whether the patch has taken the card's place */
async function showChanges({ api, terminal, keyboard, env }: Walk, task: Task): Promise<boolean> {
  const { changes, patch } = await api.getPatch({ id: task.id })
  if (!changes || patch === '') {
    const said = changes ? 'changed nothing' : 'has no patch: nobody looked at what it changed'
    terminal.out.line(`${task.friendly_id} ${said}.`)
    return false
  }
  await keyboard.lend(() => showPatch(terminal.out, patch, env, 'R'))
  for (const caution of cautions(changes)) terminal.out.line(caution)
  return true
}

function complain(terminal: Terminal, error: unknown): 'stay' {
  if (!(error instanceof SparkqError)) throw error
  reportError(error, terminal.err, { debug: false })
  return 'stay'
}

/** Ctrl-Z: the whole job stops, as a terminal would stop it; it goes on here. */
function suspend(): void {
  process.kill(0, 'SIGTSTP')
}
