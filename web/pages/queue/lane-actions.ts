import type { Queue } from '../../../src/contract/queues.ts'
import { oneLine } from '../../../src/contract/visible-text.ts'
import { count } from '../../../src/contract/words.ts'
import { api } from '../../api/client.ts'
import { confirm } from '../../parts/confirm.tsx'
import { navigate } from '../../parts/router.ts'
import { attempt } from '../../parts/toasts.tsx'

export type LaneAction = { title: string; key?: string; look?: 'danger'; run: () => Promise<unknown> }

/** What a lane's state allows, as SPEC 4 has it. */
export function laneActions(queue: Queue): LaneAction[] {
  const { id, status, counts } = queue
  const name = oneLine(queue.name)
  const resume = () => api.resumeQueue({ id })
  const pause = () => api.pauseQueue({ id })
  const actions: (LaneAction | false)[] = [
    status === 'planned' && {
      title: 'Activate',
      key: 'p',
      run: () => attempt(() => api.activateQueue({ id }), `Activated ${name}.`),
    },
    status === 'active' && {
      title: 'Pause',
      key: 'p',
      run: () => attempt(pause, `Paused ${name}.`, resume),
    },
    status === 'idle' && { title: 'Resume', key: 'p', run: () => attempt(resume, `Resumed ${name}.`, pause) },
    !['ended', 'archived'].includes(status) && { title: 'End', run: () => end(queue) },
    status !== 'archived' &&
      counts.running === 0 && {
        title: 'Archive',
        run: () =>
          attempt(
            () => api.archiveQueue({ id }),
            `Archived ${name}.`,
            () => api.unarchiveQueue({ id }),
          ),
      },
    status === 'archived' && {
      title: 'Unarchive',
      run: () => attempt(() => api.unarchiveQueue({ id }), `Brought ${name} back.`),
    },
    { title: 'Delete', look: 'danger', run: () => remove(queue) },
  ]
  return actions.filter(action => action !== false)
}

async function end({ id, name, counts: { queued, running } }: Queue): Promise<void> {
  const waiting =
    queued > 0 ? ` ${count(queued, 'queued task')} ${queued === 1 ? 'is' : 'are'} cancelled.` : ''
  const yes = await confirm({
    title: 'End this lane?',
    text: `"${oneLine(name)}" takes no more tasks, for good.${waiting}${stopped(running)}`,
    action: running > 0 ? 'Cancel and end' : 'End lane',
  })
  if (yes) await attempt(() => api.endQueue({ id, cancel_running: running > 0 }), `Ended ${oneLine(name)}.`)
}

async function remove({ id, name, counts }: Queue): Promise<void> {
  const tasks = Object.values(counts).reduce((sum, number) => sum + number, 0)
  const yes = await confirm({
    title: 'Delete this lane?',
    text: `"${oneLine(name)}" goes with its ${count(tasks, 'task')} and all output. That cannot be undone.${stopped(counts.running)}`,
    action: counts.running > 0 ? 'Cancel and delete' : 'Delete lane',
  })
  if (!yes) return
  const done = await attempt(
    () => api.deleteQueue({ id, cancel_running: counts.running > 0 }),
    `Deleted ${oneLine(name)}.`,
  )
  if (done) navigate('/ui/queues', { replace: true })
}

const stopped = (running: number): string =>
  running === 0
    ? ''
    : ` ${count(running, 'task runs', 'tasks run')} now and ${running === 1 ? 'is' : 'are'} stopped.`
