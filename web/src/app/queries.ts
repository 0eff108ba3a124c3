import { QueryClient } from '@tanstack/react-query'
import { Problem } from '@/api/problem'

/** Asked again only where asking again can help: a lost connection, or a server that says so. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return !(error instanceof Problem) || error.body.retry === true
}

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: mayHelp, staleTime: 10_000 } },
})
