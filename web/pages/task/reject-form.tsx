import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { takeBack } from '../../api/take-back.ts'
import { NoteForm } from '../../parts/note-form.tsx'
import { attempt } from '../../parts/toasts.tsx'

export function RejectForm({ task, onClose }: { task: Task; onClose: () => void }) {
  const { id, friendly_id } = task
  return (
    <NoteForm
      title={`Reject ${friendly_id}`}
      about="What is wrong with it; may be empty."
      action="Reject"
      look="danger"
      onClose={onClose}
      onSend={note =>
        attempt(
          () => api.reviewTask({ id, decision: 'rejected', note }),
          `Rejected ${friendly_id}.`,
          () => takeBack(task),
        )
      }
    />
  )
}
