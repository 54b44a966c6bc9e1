import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Output } from '../../../src/contract/api.ts'
import type { Question } from '../../../src/contract/questions.ts'
import { count } from '../../../src/contract/words.ts'
import { api } from '../../api/client.ts'
import { queries, useQueues, useSessions } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { NoteForm } from '../../parts/note-form.tsx'
import { PageFrame } from '../../parts/page.tsx'
import { navigate, type Place, toTask, withQuery } from '../../parts/router.ts'
import { attempt } from '../../parts/toasts.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { type Item, itemsOf, nextOpen } from './items.ts'
import { QuestionCard } from './question-card.tsx'
import { ReviewList } from './review-list.tsx'
import { Done, News } from './standing.tsx'
import { TaskCard } from './task-card.tsx'
import { useDecisions } from './use-decisions.ts'

/** What waits for the person, one after the other, with all that is needed to decide. */
export default function ReviewPage({ query }: Place) {
  const session = query.get('session') ?? ''
  const asked = useQuery(queries.questions())
  const found = useQuery(queries.toReview(session || undefined))
  const questions = useQuestionsOf(session, asked.data)
  const both = {
    data: asked.data && found.data ? found.data : undefined,
    error: found.error ?? asked.error,
  }
  return (
    <PageFrame title="Review" wide actions={<SessionChoice value={session} />}>
      <Answered query={both}>
        {answer => (
          <Walk answer={answer} questions={questions} session={session} wanted={query.get('task')} />
        )}
      </Answered>
    </PageFrame>
  )
}

/** A question says its lane; of a session are those of its lanes. */
function useQuestionsOf(session: string, questions: Question[] = []): Question[] {
  const { data: queues = [] } = useQueues()
  if (!session) return questions
  const lanes = new Set(queues.filter(queue => queue.session.name === session).map(({ id }) => id))
  return questions.filter(({ queue }) => lanes.has(queue.id))
}

function SessionChoice({ value }: { value: string }) {
  const { data: sessions = [] } = useSessions()
  if (sessions.length < 2) return null
  const choices = sessions.filter(it => it.status === 'active' || it.name === value)
  return (
    <Select
      label="Session"
      value={value}
      choices={[
        { value: '', label: 'All sessions' },
        ...choices.map(({ name }) => ({ value: name, label: name })),
      ]}
      onChange={session => navigate(withQuery({ session, task: '' }), { replace: true })}
    />
  )
}

type WalkProps = {
  answer: Output<'getReview'>
  questions: Question[]
  session: string
  wanted: string | null
}

function Walk({ answer: { review, tasks }, questions, session, wanted }: WalkProps) {
  const [form, setForm] = useState<'reject' | 'requeue' | undefined>()
  const decisions = useDecisions()
  const items = itemsOf(questions, tasks, decisions.decided, session || undefined)
  const open = items.filter(({ decided }) => !decided)
  const selected = items.find(({ ref }) => ref === wanted) ?? open[0]
  const at = selected ? items.indexOf(selected) : -1
  const detail = useRef<HTMLElement>(null)

  const choose = (item: Item | undefined) => navigate(withQuery({ task: item?.ref ?? '' }), { replace: true })
  const step = (by: number) => choose(items[Math.max(0, Math.min(items.length - 1, at + by))])
  const advance = () => choose(nextOpen(items, at))
  const ref = selected?.ref
  // biome-ignore lint/correctness/useExhaustiveDependencies: each begins at its beginning
  useEffect(() => {
    if (detail.current && detail.current.getBoundingClientRect().top < 0) scrollTo(0, 0)
  }, [ref])

  const { to_review, upto, succeeded, failed, cancelled } = review
  const close = session
    ? undefined
    : {
        isNews: succeeded + failed + cancelled > 0,
        run: () => attempt(() => api.closeReview({ upto }), 'Closed the review.'),
      }
  const task = selected?.kind === 'task' ? selected : undefined
  const acts = task
    ? [
        {
          title: 'Accept',
          key: 'a',
          look: 'primary' as const,
          run: async () => {
            if (await decisions.review(task, 'accepted', null)) advance()
          },
        },
        { title: 'Reject', key: 'x', run: () => setForm('reject') },
        { title: 'Requeue', key: 'r', run: () => setForm('requeue') },
        { title: 'Open', key: 'o', run: () => navigate(toTask(task.ref)) },
      ]
    : []
  useActions([
    ...(items.length > 0
      ? [
          { title: 'Next', key: 'j', run: () => step(1) },
          { title: 'The one before', key: 'k', run: () => step(-1) },
        ]
      : []),
    ...acts.map(({ title, key, run }) => ({ title: `${title} ${task?.ref}`, key, run })),
    ...(selected?.kind === 'question'
      ? [
          {
            title: `Open ${selected.question.friendly_id}`,
            key: 'o',
            run: () => navigate(toTask(selected.question.friendly_id)),
          },
        ]
      : []),
    ...(decisions.canUndo
      ? [
          {
            title: 'Undo the last decision',
            key: 'u',
            run: async () => {
              const ref = await decisions.undo()
              if (ref) navigate(withQuery({ task: ref }), { replace: true })
            },
          },
        ]
      : []),
    ...(close?.isNews ? [{ title: 'Close the review', key: 'c', run: close.run }] : []),
  ])
  const isOver = open.length === 0 && (selected === undefined || wanted === null)
  return (
    <>
      <News review={review} close={isOver ? undefined : close} />
      <div className={`review ${items.length === 0 ? 'empty-list' : ''}`}>
        {items.length > 0 ? (
          <ReviewList items={items} selected={selected} more={Math.max(0, to_review - tasks.length)} />
        ) : null}
        <article className="review-detail" ref={detail} aria-label={selected?.ref ?? 'Nothing left'}>
          {selected === undefined ? <Done review={review} close={close} /> : null}
          {selected?.kind === 'question' ? (
            <QuestionCard
              key={selected.ref}
              question={selected.question}
              decided={selected.decided !== undefined}
              onAnswer={async text => {
                if (await decisions.answer(selected, text)) advance()
              }}
            />
          ) : null}
          {task ? (
            <TaskCard
              key={task.ref}
              task={task.task}
              actions={acts.map(({ title, key, run, look }) => (
                <Button key={title} hotkey={key} onPress={run} look={look ?? 'plain'}>
                  {title}
                </Button>
              ))}
            />
          ) : null}
        </article>
      </div>
      {open.length > 0 && selected ? (
        <p className="unseen" role="status">
          {count(open.length, 'thing')} to look at
        </p>
      ) : null}
      {form && task ? (
        <NoteForm
          title={`${form === 'reject' ? 'Reject' : 'Requeue'} ${task.ref}`}
          about={
            form === 'reject'
              ? 'What is wrong with it; may be empty.'
              : 'For whoever looks later; may be empty. A copy is queued.'
          }
          action={form === 'reject' ? 'Reject' : 'Queue copy'}
          look={form === 'reject' ? 'danger' : 'primary'}
          onClose={() => setForm(undefined)}
          onSend={async note => {
            const done =
              form === 'reject'
                ? await decisions.review(task, 'rejected', note)
                : await decisions.requeue(task, note)
            if (done) advance()
            return done
          }}
        />
      ) : null}
    </>
  )
}
