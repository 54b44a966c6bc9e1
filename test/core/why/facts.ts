import type { Task } from '../../../src/contract/tasks.ts'
import type { Facts, LaneRunner } from '../../../src/core/why-facts.ts'

export const noon = Date.parse('2026-03-01T12:00:00.000Z')
export const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()
export const minute = 60

export const task = (more: Partial<Task> = {}): Task =>
  ({
    id: 'tsk_7',
    friendly_id: 'AUTH-7',
    status: 'queued',
    tool_name: 'run-bash',
    timeout: 600,
    wait_reason: null,
    not_before: null,
    attempt: null,
    worker_id: null,
    claimed_at: null,
    started_at: null,
    finished_at: null,
    stops_at: null,
    stale_warned_at: null,
    stalled_at: null,
    cancel_requested_at: null,
    error_message: null,
    ...more,
  }) as Task

export const facts = (more: Partial<Facts> = {}): Facts => ({
  task: task(),
  queue: { name: 'auth', status: 'active', pause_reason: null, paused_by: null, resume_at: null },
  now: noon,
  paused_at: null,
  waits: false,
  none_because: null,
  head: more.task ?? task(),
  ahead: 0,
  runner: { state: 'works' },
  is_supervised: false,
  busy: null,
  has_exit: false,
  question: null,
  places: null,
  space: null,
  executable: ['run-bash', 'run-python'],
  provider: null,
  canary: null,
  tree_holder: null,
  missing: null,
  ...more,
})

export const running = (more: Partial<Task> = {}) =>
  task({
    status: 'running',
    attempt: 1,
    worker_id: 'worker-box-auth',
    claimed_at: at(-4 * minute),
    started_at: at(-4 * minute),
    stops_at: at(16 * minute),
    ...more,
  })
export const over = (more: Partial<Task>) => running({ finished_at: at(-minute), ...more })
export const busy = running({ id: 'tsk_6', friendly_id: 'AUTH-6' })
export const before = (more: Partial<Task> = {}) => task({ id: 'tsk_5', friendly_id: 'AUTH-5', ...more })
export const lane = (more: Partial<Facts['queue']>): Facts['queue'] => ({ ...facts().queue, ...more })
export const waiting = (more: Partial<Task>): Partial<Facts> => ({
  task: task(more),
  waits: true,
  none_because: 'waiting',
})
export const behind = (more: Partial<Facts>, head: Partial<Task> = {}): Partial<Facts> => ({
  head: before(head),
  ahead: 1,
  ...more,
})
export const died = (more: Partial<Extract<LaneRunner, { state: 'died' }>> = {}): LaneRunner => ({
  state: 'died',
  at: at(-2 * minute),
  exit_code: null,
  signal: 'SIGKILL',
  restart_at: at(8),
  ...more,
})
export const capped = (running: string[], max = running.length): Partial<Facts> => ({
  none_because: 'max_running',
  places: { max, running },
})

export const follow = ['sparkq logs -f AUTH-7', 'sparkq cancel AUTH-7']

/** What is so, and how it is said. */
export type Case = [
  what: string,
  given: Partial<Facts>,
  code: string,
  sentence: string,
  until: string | null,
  task_id: string | null,
  next: string[],
]
