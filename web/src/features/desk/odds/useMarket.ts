/** A market as the API has it: what the board leaves out (odds versions, limits, places). Follows the feed's version. */

import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, must } from '@/api/client'

export const marketQuery = (id: number) =>
  queryOptions({
    queryKey: ['market', id],
    queryFn: () => must(api.GET('/api/market/{market_id}', { params: { path: { market_id: id } } })),
  })

export function useMarket(id: number, version: number) {
  const queries = useQueryClient()
  const query = useQuery(marketQuery(id))
  const known = query.data?.version
  useEffect(() => {
    if (known !== undefined && known < version)
      queries.invalidateQueries({ queryKey: marketQuery(id).queryKey })
  }, [queries, id, known, version])
  return query
}
