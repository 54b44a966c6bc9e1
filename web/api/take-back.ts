import type { Task } from '../../src/contract/tasks.ts'
import { api } from './client.ts'

/** The review of a task as it was, for undoing what was said since. */
export const takeBack = ({ id, review, review_note }: Pick<Task, 'id' | 'review' | 'review_note'>) =>
  api.reviewTask({
    id,
    decision: review === 'accepted' || review === 'rejected' ? review : 'unreviewed',
    note: review_note,
  })
