/**
 * Bets as they come in, above what was read of them. New ones wait while somebody reads, so that no row runs away, and
 * there is a bound on all of it. Pure; times are milliseconds.
 */

import type { BetStatus, TournamentBet } from '@/api/types'
import type { BetRow } from '@/feed/messages'
import type { Minor } from '@/shared/money'
import { type OddsMilli, parseOdds } from '@/shared/odds'

export interface Taken {
  id: string
  user: number
  bettor: string
  market: number | null
  outcome: number
  stake: Minor
  odds: OddsMilli | null
  at: number
  status: BetStatus
  payout: Minor | null
}

export function fromFeed([id, user, bettor, outcome, stake, odds, at]: BetRow, market: number | null): Taken {
  return { id, user, bettor, market, outcome, stake, odds, at, status: 'pending', payout: null }
}

export function fromApi(bet: TournamentBet): Taken {
  return {
    id: bet.id,
    user: bet.user_id,
    bettor: bet.bettor,
    market: bet.market_id,
    outcome: bet.outcome_id,
    stake: bet.stake,
    odds: parseOdds(bet.odds),
    at: Date.parse(bet.placed_at),
    status: bet.status,
    payout: bet.payout,
  }
}

/** Rows kept of what came in live, shown or waiting. */
export const LIVE_MAX = 200

export interface Live {
  /** Shown, newest first. */
  rows: Taken[]
  /** Came in while held, newest first; of very many only the newest. */
  waiting: Taken[]
  /** How many came in while held. */
  waited: number
  /** Some between these rows and what was read before are not here: what was read is not shown below them. */
  isCut: boolean
}

export const NO_LIVE: Live = { rows: [], waiting: [], waited: 0, isCut: false }

/** `news` is newest first. */
export function arrive(live: Live, news: Taken[], isHeld: boolean): Live {
  if (news.length === 0) return live
  if (isHeld) {
    return {
      ...live,
      waiting: [...news, ...live.waiting].slice(0, LIVE_MAX),
      waited: live.waited + news.length,
    }
  }
  const rows = [...news, ...live.rows]
  return { ...live, rows: rows.slice(0, LIVE_MAX), isCut: live.isCut || rows.length > LIVE_MAX }
}

/** What waited comes on top. */
export function release(live: Live): Live {
  if (live.waited === 0) return live
  const rows = [...live.waiting, ...live.rows]
  return {
    rows: rows.slice(0, LIVE_MAX),
    waiting: [],
    waited: 0,
    isCut: live.isCut || rows.length > LIVE_MAX || live.waited > live.waiting.length,
  }
}

/**
 * What came in and what was read, newest first. A bet that is in both is told as it was read: its status is newer. After
 * a settlement all is read again, and may then be newer than what came in.
 */
export function together(live: Live, read: Taken[]): Taken[] {
  if (live.isCut) return live.rows
  const known = new Set(read.map((bet) => bet.id))
  return [...live.rows.filter((bet) => !known.has(bet.id)), ...read].sort((a, b) => b.at - a.at)
}
