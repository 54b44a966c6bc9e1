import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { queries } from '../api/queries.ts'
import { showWaiting } from '../parts/title.ts'

/** How many tasks and questions wait for the person: in the navigation, the title and the icon of the tab. */
export function useReviewCount(): number {
  const { data } = useQuery(queries.review())
  const waiting = data ? data.to_review + data.waiting : 0
  useEffect(() => showWaiting(waiting), [waiting])
  return waiting
}
