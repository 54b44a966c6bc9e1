import { QueryClient } from '@tanstack/react-query'
import { createChanges } from './changes.ts'
import { startLive } from './live.ts'

/** What has been answered, kept true by the events of the server. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The server may be on this machine, which needs no network.
        networkMode: 'always',
        // What failed is asked for again when the connection is back, not before.
        retry: false,
        retryOnMount: true,
      },
      mutations: { networkMode: 'always' },
    },
  })
  const changes = createChanges(client)
  startLive({ onEvent: changes.note, onLost: changes.everything })
  return client
}
