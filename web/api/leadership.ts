import { randomWord } from '../../src/contract/ids.ts'

/**
 * Of all tabs of a browser, exactly one leads, and `lead` runs in it until `signal` aborts: an open page has six
 * connections for all its tabs, so only one of them may hold a stream.
 */
export function electLeader(lead: (signal: AbortSignal) => Promise<void>): void {
  // Only where the page is secure: on another machine, over plain HTTP, there are no locks.
  if ('locks' in navigator) {
    const never = new AbortController().signal
    void navigator.locks.request('sparkq.events', () => lead(never))
  } else electByClaims(lead)
}

const claimEveryMs = 2000
/** A hidden tab is woken once a minute; whoever does not hear it until then takes over, and is heard by it. */
const silenceMs = 3 * claimEveryMs

type Claim = { id: string; since: number }

/** The latest to claim leads: of two that do so at once, the one whose id is the greater. */
function electByClaims(lead: (signal: AbortSignal) => Promise<void>): void {
  const channel = new BroadcastChannel('sparkq.leader')
  const id = randomWord(12)
  let heardAt = Date.now()
  let leading: { since: number; stop: AbortController } | undefined
  const take = () => {
    const stop = new AbortController()
    leading = { since: Date.now(), stop }
    void lead(stop.signal)
  }
  channel.onmessage = ({ data }: MessageEvent<Claim>) => {
    const isLater = !leading || data.since > leading.since || (data.since === leading.since && data.id > id)
    if (!isLater) return
    heardAt = Date.now()
    leading?.stop.abort()
    leading = undefined
  }
  const beat = () => {
    if (!leading && Date.now() - heardAt > silenceMs) take()
    if (leading) channel.postMessage({ id, since: leading.since } satisfies Claim)
  }
  heardAt -= silenceMs - 300
  setTimeout(beat, 400)
  setInterval(beat, claimEveryMs)
}
