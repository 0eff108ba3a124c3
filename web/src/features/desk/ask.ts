/** Asks the API for a move of a market. Asking for the state it already has answers the same again. */

import { api, must } from '@/api/client'
import type { Move } from './actions'

export function ask(market: number, move: Move) {
  const params = { params: { path: { market_id: market } } }
  switch (move) {
    case 'open':
      return must(api.POST('/api/market/{market_id}/open', params))
    case 'suspend':
      return must(api.POST('/api/market/{market_id}/suspend', params))
    case 'close':
      return must(api.POST('/api/market/{market_id}/close', params))
    case 'reopen':
      return must(api.POST('/api/market/{market_id}/reopen', params))
  }
}
