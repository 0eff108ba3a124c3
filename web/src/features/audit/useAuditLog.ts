/** The log, page by page. Following now, the first page is read again and again; behind it the log stands where it was. */

import { useInfiniteQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Filters } from './filters'

const FOLLOW_MS = 3000

/** Asked again it would be refused again; a lost connection comes back. */
const isFinal = (error: unknown) => error instanceof Problem && error.body.retry !== true

interface Cursor {
  after: string
  as_of: string
}

export const auditKey = (filters: Filters) => ['audit', filters]

export function useAuditLog(filters: Filters, isAllowed: boolean) {
  const log = useInfiniteQuery({
    queryKey: auditKey(filters),
    enabled: isAllowed,
    initialPageParam: undefined as Cursor | undefined,
    queryFn: ({ pageParam, signal }) =>
      must(api.GET('/api/audit', { params: { query: { ...filters, ...pageParam } }, signal })),
    // Pages agree: each is of the log as the first one found it.
    getNextPageParam: (page, all) =>
      page.next ? { after: page.next, as_of: String((all[0] ?? page).as_of.id) } : undefined,
    refetchInterval: ({ state }) =>
      filters.as_of || (state.data?.pages.length ?? 0) > 1 || isFinal(state.error) ? false : FOLLOW_MS,
  })
  const pages = log.data?.pages ?? []
  return {
    ...log,
    rows: pages.flatMap((page) => page.items),
    asOf: pages[0]?.as_of,
    /** More than one page is shown, so nothing may move. */
    isHeld: !filters.as_of && pages.length > 1,
  }
}
