import { useQuery } from '@tanstack/react-query'
import type { Review } from '../../../src/contract/review.ts'
import { reviewHeadline, standingText } from '../../../src/contract/review-text.ts'
import { queries } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Section } from '../../parts/page.tsx'
import { TaskList } from '../../parts/task-list.tsx'

type Close = { run: () => unknown; isNews: boolean } | undefined

/** What happened, in a line; closing the review says that it has been seen. */
export function News({ review, close }: { review: Review; close: Close }) {
  return (
    <div className="review-news">
      <p className="dim">{reviewHeadline(review)}</p>
      {close ? (
        <Button look="quiet" hotkey="c" disabled={!close.isNews} onPress={close.run}>
          Close the review
        </Button>
      ) : null}
    </div>
  )
}

/** The end of it: nothing is left, and what goes on. */
export function Done({ review, close }: { review: Review; close: Close }) {
  const { data: running = [] } = useQuery(queries.tasks({ status: 'running', limit: 20 }))
  const standing = standingText(review)
  return (
    <div className="review-done">
      <p className="review-nothing">Nothing left to review.</p>
      {close?.isNews ? (
        <p>
          <Button look="primary" hotkey="c" onPress={close.run}>
            Close the review
          </Button>{' '}
          <span className="dim">What happened until now is no news any more.</span>
        </p>
      ) : null}
      <Section title="Going on">
        {running.length > 0 ? <TaskList label="Running now" tasks={running} /> : null}
        <p className="dim">{standing === '' ? 'Nothing runs, and nothing waits.' : standing}</p>
      </Section>
    </div>
  )
}
