/**
 * How betting on a market stands by the clock, as everybody shows it: card, slip, wall and one's own bets. Pure; `now` is
 * the server's time, and the server decides.
 */

import type { MarketOnBoard } from './messages'

export const LAST_CALL_MS = 60_000

/** `closed` waits for a result, `resulted` for the decision to pay; `settled` and `refunded` are over. */
export type Phase =
  | 'draft'
  /** Open, and before its opening time. */
  | 'early'
  | 'open'
  | 'lastCall'
  | 'suspended'
  | 'closed'
  | 'resulted'
  | 'settled'
  | 'refunded'

export type Timed = Pick<MarketOnBoard, 'status' | 'opens_at' | 'closes_at'>

const NEVER = Number.POSITIVE_INFINITY

export function phaseAt(market: Timed, now: number): Phase {
  const leftMs = (market.closes_at ?? NEVER) - now
  switch (market.status) {
    case 'open':
      if (market.opens_at !== null && now < market.opens_at) return 'early'
      // Past its time no bet is taken, whether or not the market has been closed yet.
      if (leftMs <= 0) return 'closed'
      return leftMs <= LAST_CALL_MS ? 'lastCall' : 'open'
    case 'suspended':
      return leftMs <= 0 ? 'closed' : 'suspended'
    case 'draft':
    case 'closed':
    case 'resulted':
      return market.status
    case 'settling':
    case 'settled':
      return 'settled'
    case 'voiding':
    case 'void':
      return 'refunded'
  }
}

/** When the phase changes next by the clock alone; infinite where it does not. */
export function nextBoundary(market: Timed, now: number): number {
  if (market.status !== 'open' && market.status !== 'suspended') return NEVER
  const closes = market.closes_at ?? NEVER
  const boundaries = [market.opens_at ?? 0, closes - LAST_CALL_MS, closes].filter((at) => at > now)
  return Math.min(...boundaries, NEVER)
}

/** Bets are taken now, or will be when it is no longer suspended. */
export const takesBets = (phase: Phase) => phase === 'open' || phase === 'lastCall' || phase === 'suspended'
/** Betting is under way or was: everybody may see the market. */
export const hasOpened = (phase: Phase) => phase !== 'draft' && phase !== 'early'
/** A bet would be taken now. */
export const isBetting = (phase: Phase) => phase === 'open' || phase === 'lastCall'
export const isOver = (phase: Phase) => phase === 'settled' || phase === 'refunded'
