import type { Question } from '../../../src/contract/questions.ts'
import type { Task } from '../../../src/contract/tasks.ts'

export type Decision = 'accepted' | 'rejected' | 'requeued' | 'answered'

/** What there is to look at; `ref` names it in the address, and `decided` is what was said of it here, just now. */
export type Item =
  | { kind: 'question'; ref: string; question: Question; decided?: Decision | undefined }
  | { kind: 'task'; ref: string; task: Task; decided?: Decision | undefined }

/** What was decided in this visit, and what undoes it where that can be undone. */
export type Decided = {
  item: Item
  decision: Decision
  undo?: (() => Promise<unknown>) | undefined
}

/**
 * Questions first, which hold up work; then tasks in the order in which they ended. What was decided here stays where it
 * was, so that nothing jumps and one can go back to it.
 */
export function itemsOf(
  questions: readonly Question[],
  tasks: readonly Task[],
  decided: ReadonlyMap<string, Decided>,
  session: string | undefined,
): Item[] {
  const asked = questions.map((question): Item => ({ kind: 'question', ref: question.id, question }))
  const ended = tasks.map((task): Item => ({ kind: 'task', ref: task.friendly_id, task }))
  const there = new Map([...asked, ...ended].map(item => [item.ref, item]))
  for (const [ref, { item, decision }] of decided) {
    const known = there.get(ref) ?? item
    if (session && known.kind === 'task' && known.task.session.name !== session) continue
    there.set(ref, { ...known, decided: decision })
  }
  return [...there.values()].sort(byTurn)
}

function byTurn(a: Item, b: Item): number {
  if (a.kind !== b.kind) return a.kind === 'question' ? -1 : 1
  const [first, second] = [timeOf(a), timeOf(b)]
  if (first !== second) return first < second ? -1 : 1
  return 0
}

const timeOf = (item: Item): string =>
  item.kind === 'question' ? item.question.asked_at : (item.task.finished_at ?? '')

/** The next one from there that is still open, else the one before; undefined when all are decided. */
export function nextOpen(items: readonly Item[], from: number): Item | undefined {
  const isOpen = ({ decided }: Item) => decided === undefined
  return items.slice(from + 1).find(isOpen) ?? items.slice(0, Math.max(0, from)).findLast(isOpen)
}
