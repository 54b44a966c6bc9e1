import { useRef, useState } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { takeBack } from '../../api/take-back.ts'
import { attempt, say } from '../../parts/toasts.tsx'
import type { Decided, Item } from './items.ts'

/** What was decided here, and how to decide; each says whether it was done. */
export function useDecisions() {
  const [decided, setDecided] = useState<ReadonlyMap<string, Decided>>(new Map())
  const order = useRef<string[]>([])

  const forget = (ref: string) => {
    order.current = order.current.filter(it => it !== ref)
    setDecided(all => new Map([...all].filter(([key]) => key !== ref)))
  }
  /** Remembers a decision, and says it. */
  const note = (made: Decided, text: string) => {
    const { ref } = made.item
    const { undo } = made
    const undoing = undo
      ? async () => {
          await undo()
          forget(ref)
        }
      : undefined
    order.current = [...order.current.filter(it => it !== ref), ref]
    setDecided(all => new Map([...all, [ref, { ...made, undo: undoing }]]))
    say(text, undoing)
  }
  const review = async (
    item: Item & { kind: 'task' },
    decision: 'accepted' | 'rejected',
    text: string | null,
  ) => {
    const { task } = item
    const decide = () => api.reviewTask({ id: task.id, decision, ...(text === null ? {} : { note: text }) })
    if (!(await attempt(decide))) return false
    const word = decision === 'accepted' ? 'Accepted' : 'Rejected'
    note({ item, decision, undo: () => takeBack(task) }, `${word} ${task.friendly_id}.`)
    return true
  }
  const requeue = async (item: Item & { kind: 'task' }, text: string | null) => {
    const { task } = item
    let copy: Task | undefined
    const done = await attempt(async () => {
      copy = (await api.requeueTask({ id: task.id, ...(text === null ? {} : { note: text }) })).task
    })
    if (!done || !copy) return false
    const { id, friendly_id } = copy
    const undo = async () => {
      // One that has begun is not deleted: that is said, and the decision stays.
      await api.deleteTask({ id })
      await takeBack(task)
    }
    note({ item, decision: 'requeued', undo }, `Queued ${friendly_id}, a copy of ${task.friendly_id}.`)
    return true
  }
  const answer = async (item: Item & { kind: 'question' }, text: string) => {
    const { id, friendly_id } = item.question
    if (!(await attempt(() => api.answerQuestion({ id, answer: text })))) return false
    note({ item, decision: 'answered' }, `Answered ${friendly_id}, which goes on.`)
    return true
  }
  /** Undoes the last decision that can be undone. @returns what it was about */
  const undo = async (): Promise<string | undefined> => {
    const ref = order.current.findLast(it => decided.get(it)?.undo)
    const last = ref === undefined ? undefined : decided.get(ref)
    if (!last?.undo || !(await attempt(last.undo))) return undefined
    say(`${last.item.ref} is to be reviewed again.`)
    return ref
  }
  const canUndo = [...decided.values()].some(it => it.undo)
  return { decided, review, requeue, answer, undo, canUndo }
}
