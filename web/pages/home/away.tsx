import { useQuery } from '@tanstack/react-query'
import type { Review } from '../../../src/contract/review.ts'
import { clock, duration } from '../../../src/contract/time-text.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Link } from '../../parts/link.tsx'
import { toReview, toTasks } from '../../parts/router.ts'
import { exactly } from '../../parts/times.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered } from '../../parts/trouble.tsx'

/** What happened since the person last looked; looking is said, not guessed. */
export function Away({ session }: { session: string | undefined }) {
  const review = useQuery(queries.review(session ? { session_id: session } : {}))
  return (
    <section className="away" aria-label="Since you last looked">
      <Answered query={review}>{data => <Told review={data} session={session} />}</Answered>
    </section>
  )
}

function Told({ review, session }: { review: Review; session: string | undefined }) {
  const { since, succeeded, failed, cancelled, waiting, to_review, work_seconds, upto } = review
  const isNews = succeeded + failed + cancelled > 0
  const seen = () => attempt(() => api.closeReview({ upto }), 'Marked as seen.')
  useActions(isNews && !session ? [{ title: 'Mark all as seen', key: 'm', run: seen }] : [])
  const filter = session ? { session } : {}
  return (
    <>
      <p className="away-since">
        {since === null ? (
          'So far'
        ) : (
          <>
            While you were away · since{' '}
            <time dateTime={since} title={exactly(since)}>
              {clock(since)}
            </time>
          </>
        )}
      </p>
      <div className="away-counts">
        <Count number={succeeded} word="succeeded" href={toTasks({ ...filter, status: 'succeeded' })} />
        <Count number={failed} word="failed" href={toTasks({ ...filter, status: 'failed' })} />
        {cancelled > 0 ? <Count number={cancelled} word="cancelled" href={toTasks(filter)} /> : null}
        {waiting > 0 ? (
          <Count
            number={waiting}
            word={waiting === 1 ? 'waits for you' : 'wait for you'}
            href={toReview(filter)}
          />
        ) : null}
        <Count number={to_review} word="to review" href={toReview(filter)} />
        <span className="away-work dim number">
          {work_seconds >= 1 ? `${duration(work_seconds * 1000)} of work` : ''}
        </span>
        {session ? null : (
          <Button look="quiet" disabled={!isNews} hotkey="m" onPress={seen}>
            Mark as seen
          </Button>
        )}
      </div>
    </>
  )
}

function Count({ number, word, href }: { number: number; word: string; href: string }) {
  return (
    <Link href={href} className={`count ${number > 0 ? `count-${word.replaceAll(' ', '-')}` : 'none'}`}>
      <span className="number">{number}</span> {word}
    </Link>
  )
}
