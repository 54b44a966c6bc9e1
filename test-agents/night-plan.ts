import type { Task } from '../src/contract/tasks.ts'
import { prompt } from './look.ts'

export type Lane = 'claude' | 'codex' | 'scripts' | 'python'
/** What is queued, as words of `sparkq enqueue`, and how it ends; `attempts`: those charged, `runs`: all of them. */
export type Planned = {
  lane: Lane
  words: string[]
  ends: 'succeeded' | NonNullable<Task['error_type']>
  attempts: number
  runs: number
}
type Ending = Partial<Pick<Planned, 'ends' | 'attempts' | 'runs'>>

/** Seconds without a sign of life after which a task is stopped. */
export const stallAfter = 15

/** A night's work: 40 tasks in four lanes. */
export function planNight(): Planned[] {
  return [...claude(), ...codex(), ...scripts(), ...python()]
}

const planner =
  (lane: Lane) =>
  (words: string[], ending: Ending = {}): Planned => ({
    ...{ lane, words },
    ...{ ends: 'succeeded', attempts: 1, runs: 1 },
    ...ending,
  })

const failed: Ending = { ends: 'agent_error' }

function claude(): Planned[] {
  const plan = planner('claude')
  const ask = (text: string, directives: string[], ending?: Ending) =>
    plan([prompt(text, ...directives)], ending)
  const checked = (text: string, check: string, ending?: Ending) =>
    plan(['--payload', JSON.stringify({ prompt: prompt(text, 'say it is done'), check })], ending)
  const fixing = "test -e mended || { echo '@shell touch mended'; exit 1; }"
  return [
    ask('Begin.', ['say begun']),
    ask('Note something.', ['shell echo claude >> notes.txt', 'say noted']),
    ask('Meet the limit.', ['limit 15', 'say after the limit'], { runs: 2 }),
    ask('Meet two overloads.', ['overload 2', 'say not even noticed']),
    ask('Meet an overload that lasts.', ['overload 5', 'say at last'], { runs: 2 }),
    ask('Do what you would not.', ['refuse'], failed),
    ask('Say nothing.', ['silence', 'silence'], failed),
    plan(['-t', 'short', prompt('Do too much.', 'shell echo 1', 'shell echo 2', 'shell echo 3')], failed),
    checked('Mend it when you hear of it.', fixing),
    checked('Leave it broken.', 'echo it is still broken; false', { ends: 'check_failed' }),
    ask('Never answer.', ['hang'], { ends: 'stalled' }),
    ask('End the night.', ['shell cat notes.txt', 'say good night']),
  ]
}

function codex(): Planned[] {
  const plan = planner('codex')
  const ask = (text: string, directives: string[], ending?: Ending) =>
    plan([prompt(text, ...directives)], ending)
  return [
    ask('Begin.', ['say begun']),
    ask('Note something.', ['shell echo codex >> notes.txt', 'say noted']),
    ask('Meet the limit of the week.', ['limit 10 weekly', 'say after the limit'], { runs: 2 }),
    ask('Think first.', ['think it over']),
    ask('Be cut off.', ['cut 1', 'say connected again']),
    ask('Meet a fault that passes.', ['status 500 1', 'say it passed']),
    ask('Run out of room.', ['too-long 1', 'say in a new conversation'], { runs: 2 }),
    ask('Let a command fail.', ['shell exit 3', 'say it failed, as it should']),
    ask('Say nothing.', ['silence'], failed),
    ask('End the night.', ['say good night']),
  ]
}

function scripts(): Planned[] {
  const plan = planner('scripts')
  const bash = (command: string, ending?: Ending, ...more: string[]) => plan(['-c', command, ...more], ending)
  const flaky = 'mkdir "$TMPDIR/tried" && exit 1; echo second time'
  return [
    ...['one', 'two', 'three', 'four'].map(word => bash(`echo ${word}`)),
    bash('exit 3', { ends: 'exit_code' }),
    bash(flaky, { attempts: 2, runs: 2 }, '--max-attempts', '2'),
    bash('while :; do sleep 0.2; echo .; done', { ends: 'timeout' }, '--timeout', '1'),
    bash('kill -9 $$', { ends: 'signal' }),
    bash('tail -f /dev/null', { ends: 'stalled' }),
    bash('echo good night'),
  ]
}

function python(): Planned[] {
  const plan = planner('python')
  const code = (text: string, ending?: Ending) => plan(['-t', 'run-python', '-c', text], ending)
  return [
    ...[1, 2, 3, 4, 5].map(number => code(`print(${number} ** 2)`)),
    code('raise RuntimeError("as planned")', { ends: 'exit_code' }),
    code('import sys; sys.exit(2)', { ends: 'exit_code' }),
    code('print("good night")'),
  ]
}
