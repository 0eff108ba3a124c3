/** What anybody may know of this server and of a tournament, kept by TanStack Query. */

import { queryOptions } from '@tanstack/react-query'
import { api, must } from '@/api/client'

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: () => must(api.GET('/api/server')),
  staleTime: Number.POSITIVE_INFINITY,
})

/** A tournament by its id or slug. */
export const tournamentQuery = (which: string | number) =>
  queryOptions({
    queryKey: ['tournament', which],
    queryFn: () => must(api.GET('/api/tournament/{which}', { params: { path: { which: String(which) } } })),
  })
