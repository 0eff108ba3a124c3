/** What anybody may know of this server, kept by TanStack Query. */

import { queryOptions } from '@tanstack/react-query'
import { api, must } from '@/api/client'

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: () => must(api.GET('/api/server')),
  staleTime: Number.POSITIVE_INFINITY,
})
