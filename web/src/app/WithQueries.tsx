/** Pages that ask for more than the feed gives keep their answers in here. */

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { onOtherReader, sessionEnded } from '@/shared/session'

/** Asked again only where asking again can help: a lost connection, or a server that says so. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return !(error instanceof Problem) || error.body.retry === true
}

const MEND_MS = 5000

/** What failed for want of a connection is asked for again until there is one. */
const mends = (error: unknown) => error !== null && (!(error instanceof Problem) || error.body.retry === true)

function onError(error: unknown) {
  if (error instanceof Problem && error.status === 401) sessionEnded()
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      retry: mayHelp,
      staleTime: 10_000,
      refetchInterval: (query) => (mends(query.state.error) ? MEND_MS : false),
    },
    // Offline it fails at once and says so; it does not wait in secret.
    mutations: { networkMode: 'always' },
  },
})
// Not clear(): what is on the screen would wait for ever for an answer that was thrown away.
onOtherReader(() => queries.resetQueries())

export function WithQueries({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>
}

/** The same around every page below a route. */
export default function QueriesLayout() {
  return (
    <WithQueries>
      <Outlet />
    </WithQueries>
  )
}
