import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { takeBack } from '../../api/take-back.ts'
import { confirm } from '../../parts/confirm.tsx'
import { navigate, toEnqueue, toTask, toTasks } from '../../parts/router.ts'
import { attempt, say } from '../../parts/toasts.tsx'

export type TaskAction = { title: string; key?: string; look?: 'danger' | 'primary'; run: () => unknown }

/** What a task's state allows, as SPEC 3 has it. */
export function taskActions(task: Task, open: (form: 'edit' | 'requeue' | 'reject') => void): TaskAction[] {
  const { id, friendly_id } = task
  const drop: TaskAction = { title: 'Delete', look: 'danger', run: () => remove(task) }
  const again: TaskAction = {
    title: 'Again with edits',
    key: 'n',
    run: () => navigate(toEnqueue({ again: friendly_id })),
  }
  switch (task.status) {
    case 'queued':
      return [
        { title: 'Edit', key: 'e', run: () => open('edit') },
        {
          title: 'First in line',
          key: 'f',
          run: () => attempt(() => api.moveTaskFirst({ id }), `${friendly_id} is first in line.`),
        },
        { title: 'Cancel', key: 'c', run: () => cancel(task) },
        again,
        drop,
      ]
    case 'running':
      return [
        ...(task.cancel_requested_at ? [] : [{ title: 'Cancel', key: 'c', run: () => cancel(task) }]),
        again,
      ]
    default:
      return [
        ...reviewActions(task, open),
        { title: 'Requeue', key: 'r', run: () => requeue(task) },
        { title: 'Requeue with edits', key: 'e', run: () => open('requeue') },
        again,
        drop,
      ]
  }
}

function reviewActions(task: Task, open: (form: 'reject') => void): TaskAction[] {
  const { id, friendly_id, review } = task
  const accept: TaskAction = {
    title: 'Accept',
    key: 'a',
    run: () =>
      attempt(
        () => api.reviewTask({ id, decision: 'accepted' }),
        `Accepted ${friendly_id}.`,
        () => takeBack(task),
      ),
  }
  const reject: TaskAction = { title: 'Reject', key: 'x', run: () => open('reject') }
  return [...(review === 'accepted' ? [] : [accept]), ...(review === 'rejected' ? [] : [reject])]
}

async function requeue({ id, friendly_id }: Task): Promise<void> {
  await attempt(async () => {
    const { task } = await api.requeueTask({ id })
    say(`Queued ${task.friendly_id}, a copy of ${friendly_id}.`)
    navigate(toTask(task.friendly_id))
  })
}

async function cancel({ id, friendly_id, status }: Task): Promise<void> {
  const running = status === 'running'
  const yes = await confirm({
    title: `Cancel ${friendly_id}?`,
    text: running
      ? 'Everything that it has started is stopped, and it fails as cancelled.'
      : 'It fails as cancelled, without having run.',
    action: 'Cancel task',
  })
  if (!yes) return
  await attempt(
    () => api.cancelTask({ id }),
    running ? `${friendly_id} is being stopped.` : `Cancelled ${friendly_id}.`,
  )
}

async function remove({ id, friendly_id, queue, status }: Task): Promise<void> {
  const yes = await confirm({
    title: `Delete ${friendly_id}?`,
    text: `It goes with ${status === 'queued' ? 'what it was to do' : 'its attempts and their output'}. That cannot be undone.`,
    action: 'Delete task',
  })
  if (yes && (await attempt(() => api.deleteTask({ id }), `Deleted ${friendly_id}.`))) {
    navigate(toTasks({ queue: queue.name }), { replace: true })
  }
}
