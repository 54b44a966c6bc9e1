import type { Api } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import type { Runner } from '../contract/runners.ts'
import type { InHand } from './bench.ts'

/** The run in hand, and whether its end was asked for, be it before it was in hand. */
export function createHand() {
  let run: InHand | undefined
  let cancelled: string | null = null
  return {
    hold: (next: InHand | undefined): void => {
      run = next
      if (run && run.task.id === cancelled) run.stop('cancelled')
    },
    /** What was not heard is asked for: whether the task in hand is to be cancelled. */
    ask: async (api: Api): Promise<void> => {
      const { task } = run ? await api.getTask({ id: run.task.id }) : { task: undefined }
      if (task?.cancel_requested_at && task.id === run?.task.id) run.stop('cancelled')
    },
    cancel: (taskId: string | null): void => {
      cancelled = taskId
      if (run?.task.id === taskId) run?.stop('cancelled')
    },
  }
}

/** Whether this runner was asked to go once its task has ended (`sparkq stop --queue`). */
export function createLeave({ id }: Runner) {
  let asked = false
  return {
    isAsked: (): boolean => asked,
    hear: ({ event, data }: Event): void => {
      asked ||= event === 'runner.stop_requested' && (data as { runner_id?: string } | null)?.runner_id === id
    },
    /** What was not heard is asked for. */
    ask: async (api: Api): Promise<void> => {
      const { runners } = await api.listRunners()
      asked ||= runners.some(it => it.id === id && it.stop_requested_at !== null)
    },
  }
}
