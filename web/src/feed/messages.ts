/** What the feed says, as in docs/api.md. Times on the board are milliseconds since 1970. */

import type { Bet, BetStatus } from '@/api/types'

export type MarketKind = 'pool' | 'fixed'
export type MarketStatus =
  | 'draft'
  | 'open'
  | 'suspended'
  | 'closed'
  | 'resulted'
  | 'settling'
  | 'settled'
  | 'voiding'
  | 'void'

export interface TournamentOnBoard {
  id: number
  slug: string
  name: string
  subtitle: string
  currency: string
  exponent: number
  timezone: string
}

export interface MatchOnBoard {
  id: number
  name: string
  round: string | null
  venue: string | null
  starts_at: number | null
  score: unknown
}

export interface OutcomeOnBoard {
  id: number
  name: string
  lane_no: number
  stakes: number
  bets: number
  odds_milli: number | null
  withdrawn: boolean
}

export interface Result {
  winners: number[]
  void?: number[]
  half_void?: number[]
  tied?: number[]
}

export interface MarketOnBoard {
  id: number
  match_id: number
  name: string
  kind: MarketKind
  status: MarketStatus
  closes_at: number | null
  takeout_bps: number
  break_to_milli: number
  minimum_milli: number
  stake_min: number | null
  stake_max: number | null
  result: Result | null
  version: number
  outcomes: OutcomeOnBoard[]
}

/** [second, stakes in it, stakes by outcome] */
export type PulseRow = [number, number, Record<string, number>]
/** [outcome_id, stake, odds_milli, at_ms] */
export type TapeRow = [number, number, number | null, number]
/** [bet_id, user_id, name, outcome_id, stake, odds_milli, at_ms] */
export type BetRow = [string, number, string, number, number, number | null, number]

export interface Board {
  tournament: TournamentOnBoard
  total: number
  bets: number
  matches: MatchOnBoard[]
  markets: MarketOnBoard[]
  pulse: PulseRow[]
  tape: TapeRow[]
}

export interface Snapshot {
  t: 'snapshot'
  seq: number
  epoch: string
  now: number
  board: Board
}

export interface Update {
  t: 'update'
  seq: number
  now: number
  total?: number
  bets?: number
  pulse?: PulseRow[]
  outcomes?: Array<[outcome: number, stakes: number, bets: number, odds: number | null]>
  markets?: MarketOnBoard[]
  matches?: MatchOnBoard[]
  tournament?: TournamentOnBoard
  gone?: { markets?: number[]; matches?: number[] }
  tape?: TapeRow[]
}

export type PublicMessage = Snapshot | Update | { t: 'beat'; seq: number; now: number }

export interface SettledBet {
  id: string
  status: BetStatus
  payout: number | null
}

export type PersonalMessage =
  | { t: 'bet'; bet: Bet; balance: number }
  | { t: 'settled'; market_id: number; bets: SettledBet[]; balance: number }
  | { t: 'wallet'; wallet_id: number; balance: number; owed: number }
  | { t: 'bets'; bets: BetRow[] }
  | { t: 'settling'; market_id: number; version: number; bets_done: number; bets: number; status: string }

export type FeedMessage = PublicMessage | PersonalMessage | { t: 'pong'; n: number } | { t: 'again' }
