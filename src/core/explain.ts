import { clock, duration, runTime, soonOrClock, span } from '../contract/time-text.ts'
import { ended, type Facts, isGone, line, ranFor, type Said, startCommand, why } from './why-facts.ts'
import { whyQueued } from './why-queued.ts'

/** Says why a task is not running, and what would change that. Pure, so that every case can be listed in a test. */
export function explain(facts: Facts): Said {
  switch (facts.task.status) {
    case 'queued':
      return whyQueued(facts)
    case 'running':
      return whyRunning(facts)
    default:
      return whyOver(facts)
  }
}

function whyOver({ task, queue, now }: Facts): Said {
  const { friendly_id: name, status } = task
  const at = clock(task.finished_at as string, now)
  const logs = task.attempt === null ? [] : [`sparkq logs ${name}`]
  if (status === 'succeeded') {
    const took = runTime(task, now)
    return why(
      'succeeded',
      `${name} succeeded at ${at}${took === undefined ? '' : ` after ${duration(took)}`}.`,
      {
        next: logs,
      },
    )
  }
  const again = queue.status === 'ended' || queue.status === 'archived' ? [] : [`sparkq requeue ${name}`]
  return why('failed', `${name} failed at ${at}: ${ended(task.error_message ?? 'nobody said why')}`, {
    next: [...logs, ...again],
  })
}

function whyRunning(facts: Facts): Said {
  const { task, runner, busy, has_exit, now } = facts
  const { friendly_id: name, stops_at, timeout } = task
  const follow = `sparkq logs -f ${name}`
  const next = [follow, `sparkq cancel ${name}`]
  const more = { until: stops_at, next }
  if (task.cancel_requested_at) {
    const since = clock(task.cancel_requested_at, now)
    return why('cancelling', `${name} is being stopped: it was cancelled at ${since}.`, { next: [follow] })
  }
  // Of a worker outside, nobody knows whether it is there.
  if (busy?.id === task.id && isGone(runner)) {
    if (has_exit) {
      return why('orphaned', `${name} has ended, but its runner is gone; the next one settles it.`, {
        next: [startCommand(facts), `sparkq logs ${name}`],
      })
    }
    return why('orphaned', `${name} runs on, but its runner is gone; the next one takes it up.`, {
      ...more,
      next: [startCommand(facts), ...next],
    })
  }
  if (task.stalled_at) {
    const since = clock(task.stalled_at, now)
    return why('stalled', `${name} has made no output and used no processor time since ${since}.`, more)
  }
  const running = `${name} has been running ${ranFor(task, now)}`
  if (task.stale_warned_at) {
    const stop = stops_at ? `, and is stopped ${soonOrClock(stops_at, now)}` : ''
    return why('stale', `${running}, past its timeout of ${span(timeout)}${stop}.`, more)
  }
  const since = clock((task.started_at ?? task.claimed_at) as string, now)
  const by = task.worker_id === null ? '' : `, at ${line(task.worker_id)}`
  return why('running', `${running}, since ${since}${by}.`, more)
}
