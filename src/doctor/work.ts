import { shellQueue } from '../contract/shell-word.ts'
import { count } from '../contract/words.ts'
import { liveness } from '../processes/identity.ts'
import { hasMark, listMarked, listProcesses } from '../processes/table.ts'
import type { RunningAttempt } from '../store/inspect.ts'
import { broken, type Check, type Finding, ok, orOk, warning } from './check.ts'
import type { Site } from './site.ts'

export const workChecks: readonly Check[] = [
  { name: 'tasks', look: lookAtRunning },
  { name: 'processes', look: lookAtLeftovers },
]

/** What a worker outside has is its own matter, until its time is over. */
function lookAtRunning({ inspect }: Site): Finding[] {
  const running = inspect().runningAttempts()
  const held = new Set(
    inspect()
      .leases()
      .filter(it => it.remote || liveness(it.process) !== 'dead')
      .map(it => it.queue),
  )
  const left = running.filter(it => it.runner_id !== null && !held.has(it.queue))
  return orOk(
    left.map(explain),
    running.length === 0 ? 'none is running' : `${count(running.length, 'task')} running`,
  )
}

function explain(attempt: RunningAttempt): Finding {
  const next = `sparkq runner ${shellQueue(attempt.queue)}`
  const name = attempt.friendly_id
  if (!isAlive(attempt)) return broken(`${name} is said to be running, and nothing of it is left.`, next)
  return warning(`${name} runs, and its runner is gone: nobody sees how it ends.`, next)
}

function isAlive({ process, claim_key }: RunningAttempt): boolean {
  if (process && liveness(process) !== 'dead') return true
  return claim_key !== null && listProcesses().some(({ pid }) => hasMark(pid, claim_key))
}

/** Processes of our tasks that are over. Marks that the database does not know are another project's. */
function lookAtLeftovers({ inspect }: Site): Finding[] {
  const found = listMarked().flatMap(({ pid, mark, command }) => {
    const attempt = inspect().attemptOf(mark)
    return attempt?.over ? [{ pid, command, task: attempt.friendly_id }] : []
  })
  return found.length === 0
    ? [ok('no task has left one behind')]
    : found.map(({ pid, command, task }) =>
        warning(`${task} is over, and its process ${pid} lives on: ${shortened(command)}.`, `kill ${pid}`),
      )
}

const shortened = (command: string): string => (command.length > 60 ? `${command.slice(0, 59)}…` : command)
