import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Question } from '../../../src/contract/questions.ts'
import { describeWork } from '../../../src/contract/task-text.ts'
import { queries } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Link } from '../../parts/link.tsx'
import { toQueue, toTask } from '../../parts/router.ts'
import { Block, Line, Name } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { Instructions, LastLines } from './evidence.tsx'

type Props = { question: Question; decided: boolean; onAnswer: (text: string) => Promise<unknown> }

/** What a worker asks, with what it proposes; a number key gives that answer. */
export function QuestionCard({ question, decided, onAnswer }: Props) {
  const [text, setText] = useState('')
  const { data } = useQuery(queries.task(question.task_id))
  const { options, friendly_id, queue } = question
  useActions(
    decided
      ? []
      : options.slice(0, 9).map((option, at) => ({
          title: `Answer “${option.slice(0, 60)}”`,
          key: String(at + 1),
          run: () => onAnswer(option),
        })),
  )
  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    if (text.trim() !== '') await onAnswer(text.trim())
  }
  return (
    <>
      <header className="review-head">
        <div className="task-head">
          <h2>
            <Link href={toTask(friendly_id)}>
              <bdi>{friendly_id}</bdi>
            </Link>
          </h2>
          <span className="state-waiting">asks you, and waits</span>
        </div>
      </header>
      <p className="facts dim">
        <span>
          asked <Ago at={question.asked_at} />
        </span>
        <Link href={toQueue(queue)}>
          <Name text={queue.name} />
        </Link>
      </p>
      <Block text={question.question} label="Question" />
      {decided ? (
        <p className="dim">It has its answer.</p>
      ) : (
        <>
          {options.length > 0 ? (
            <div className="review-options">
              {options.map((option, at) => (
                <Button
                  key={option}
                  hotkey={at < 9 ? String(at + 1) : undefined}
                  onPress={() => onAnswer(option)}
                >
                  <Name text={option} />
                </Button>
              ))}
            </div>
          ) : null}
          <form className="form" onSubmit={event => void send(event)}>
            <Field label={options.length > 0 ? 'Or another answer' : 'Answer'}>
              {id => (
                <textarea
                  id={id}
                  rows={3}
                  value={text}
                  onChange={event => setText(event.target.value)}
                  onKeyDown={event => {
                    if (event.key === 'Escape') event.currentTarget.blur()
                    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void send()
                  }}
                />
              )}
            </Field>
            <div className="form-actions">
              <button type="submit" className="button primary" disabled={text.trim() === ''}>
                Answer
              </button>
            </div>
          </form>
        </>
      )}
      {data ? (
        <>
          <section className="section" aria-label="What it does">
            <Line text={`${data.task.tool_name}  ${describeWork(data.task)}`} className="mono" />
          </section>
          <LastLines task={data.task} isAgent={false} />
          <Instructions task={data.task} />
        </>
      ) : null}
    </>
  )
}
