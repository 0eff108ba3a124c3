/** What a result would come to, asked as soon as there is one; changes nothing. */

import { useQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import type { MarketOnBoard } from '@/feed/messages'
import type { ResultRequest } from './result'

/** Null: there is no result to ask for yet. */
export function usePreview(market: MarketOnBoard, result: ResultRequest | null) {
  return useQuery({
    queryKey: ['preview', market.id, market.version, result],
    queryFn: () =>
      must(
        api.POST('/api/market/{market_id}/preview', {
          params: { path: { market_id: market.id } },
          body: result ?? {},
        }),
      ),
    enabled: result !== null,
    staleTime: 0,
    gcTime: 0,
  })
}
