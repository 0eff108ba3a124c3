/** What a list of a tournament's bets can be narrowed to; it stands in the page's address. */

import type { BetStatus } from '@/api/types'

export const BET_STATUSES: readonly BetStatus[] = ['pending', 'won', 'lost', 'void', 'half']

export interface BetFilters {
  /** A bettor, by their user id. */
  user?: number
  market?: number
  status?: BetStatus
}
