/** Pages that ask for more than the feed gives keep their answers in here. */

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { onOtherReader } from '@/shared/session'

/** Asked again only where asking again can help: a lost connection, or a server that says so. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return !(error instanceof Problem) || error.body.retry === true
}

const queries = new QueryClient({ defaultOptions: { queries: { retry: mayHelp, staleTime: 10_000 } } })
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
