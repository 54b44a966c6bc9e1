import { useEffect, useRef } from 'react'
import { describeWork, lookOf, statusText } from '../../../src/contract/task-text.ts'
import { count } from '../../../src/contract/words.ts'
import { Link } from '../../parts/link.tsx'
import { withQuery } from '../../parts/router.ts'
import { Glyph } from '../../parts/state.tsx'
import { saysOf } from '../../parts/task-list.tsx'
import { Line } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import type { Item } from './items.ts'

type Props = { items: Item[]; selected: Item | undefined; more: number }

/** What there is to look at, the chosen one marked; the choice is the address. */
export function ReviewList({ items, selected, more }: Props) {
  const list = useRef<HTMLUListElement>(null)
  const ref = selected?.ref
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark moves with the choice
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [ref])
  return (
    <nav className="review-list" aria-label="To review">
      <ul ref={list}>
        {items.map(item => (
          <li key={item.ref}>
            <Link
              href={withQuery({ task: item.ref })}
              className={item.decided ? 'decided' : ''}
              {...(item.ref === ref ? { 'aria-current': 'true' as const } : {})}
            >
              {item.kind === 'question' ? <QuestionRow item={item} /> : <TaskRow item={item} />}
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p className="dim">{count(more, 'more task comes', 'more tasks come')} after these.</p>
      ) : null}
    </nav>
  )
}

function TaskRow({ item: { task, decided } }: { item: Item & { kind: 'task' } }) {
  return (
    <>
      <span className="review-row">
        <Glyph look={lookOf(task)} />
        <bdi className="task-id">{task.friendly_id}</bdi>
        <span className="dim review-when">{decided ?? <Ago at={task.finished_at ?? task.created_at} />}</span>
      </span>
      <Line text={describeWork(task)} />
      <Line text={saysOf(task) || statusText(task)} className="dim" />
    </>
  )
}

function QuestionRow({ item: { question, decided } }: { item: Item & { kind: 'question' } }) {
  return (
    <>
      <span className="review-row">
        <Glyph look="waiting" />
        <bdi className="task-id">{question.friendly_id}</bdi>
        <span className="state-waiting">asks</span>
        <span className="dim review-when">{decided ?? <Ago at={question.asked_at} />}</span>
      </span>
      <Line text={question.question} />
    </>
  )
}
