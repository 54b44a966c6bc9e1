import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { takeToken } from './api/token.ts'
import { App } from './app.tsx'

takeToken()
history.scrollRestoration = 'manual'
createRoot(document.getElementById('root') as HTMLElement).render(
  <QueryClientProvider client={createQueryClient()}>
    <App />
  </QueryClientProvider>,
)
