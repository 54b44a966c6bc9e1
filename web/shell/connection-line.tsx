import { connection, type Meanwhile } from '../api/live.ts'
import { useStore } from '../api/store.ts'

/** A thin line while the server is gone, and what happened meanwhile once it is back. Everything stays readable. */
export function ConnectionLine() {
  const now = useStore(connection)
  return (
    <div className="connection-line" role="status">
      {now.state === 'gone' ? (
        <p className="gone">
          <span aria-hidden="true">! </span>Not connected. Trying again …{' '}
          <span className="dim">sparkq start</span>
        </p>
      ) : null}
      {now.state === 'connected' && now.meanwhile ? (
        <p className="back">Connected again. Meanwhile: {meanwhileText(now.meanwhile)}.</p>
      ) : null}
    </div>
  )
}

function meanwhileText({ queued, succeeded, failed }: Meanwhile): string {
  const told = [
    [queued, 'queued'],
    [succeeded, 'succeeded'],
    [failed, 'failed'],
  ] as const
  return (
    told
      .filter(([number]) => number > 0)
      .map(part => part.join(' '))
      .join(', ') || 'nothing'
  )
}
