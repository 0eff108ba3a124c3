/** How much may be staked, and why not more. Pure; amounts in minor units. */

import type { Wallet } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { isBetting, type Phase } from '@/feed/phase'
import { type Currency, type Minor, stepOf } from '@/shared/money'
import type { Refusal, SlipState } from './machine'

export interface Bounds {
  least: Minor
  most: Minor
  /** What sets the upper bound. */
  by: 'limit' | 'wallet' | 'market'
}

const SAID_BY: Record<string, Bounds['by']> = { OWN_LIMIT: 'limit', FUNDS: 'wallet' }

/** From this stake on the slip asks once more. */
export function checkFrom(currency: Currency): Minor {
  return stepOf(100, currency)
}

type OwnLimit = Wallet['limits'][number]

/** What one of the bettor's own limits still allows. */
export const roomOf = (limit: OwnLimit): Minor => Math.max(0, limit.amount - limit.used)

/** The own limit on bets that allows least; undefined where there are none. What a bet may lose is its stake. */
export function tightest(limits: readonly OwnLimit[]): OwnLimit | undefined {
  return limits.filter(({ kind }) => kind !== 'deposit').sort((a, b) => roomOf(a) - roomOf(b))[0]
}

/** What the bettor's own stake limits still allow; null where there are none. */
export function ownLeft(wallet: Wallet): Minor | null {
  const limit = tightest(wallet.limits)
  return limit ? roomOf(limit) : null
}

/** `refusal`, where the server has just said how much it would still take. */
export function boundsOf(wallet: Wallet, market: MarketOnBoard | undefined, refusal?: Refusal): Bounds {
  const least = Math.max(1, market?.stake_min ?? 1)
  const bounds: Bounds = { least, most: wallet.balance, by: 'wallet' }
  const own = ownLeft(wallet)
  if (own !== null && own < bounds.most) Object.assign(bounds, { most: own, by: 'limit' })
  const max = market?.stake_max
  if (max != null && max < bounds.most) Object.assign(bounds, { most: max, by: 'market' })
  const said = refusal?.left ?? refusal?.balance
  if (said !== undefined && said < bounds.most) {
    Object.assign(bounds, { most: said, by: SAID_BY[refusal?.code ?? ''] ?? 'market' })
  }
  return bounds
}

export type Gate =
  | { why: 'no-stake' | 'closed' | 'suspended' | 'withdrawn' }
  /** What is typed may be one amount or another, or is none; as typed. */
  | { why: 'unread'; typed: string }
  | { why: 'early'; opensAt: number }
  | { why: 'low'; least: Minor }
  | { why: 'owes'; owed: Minor }
  | { why: 'over'; over: Minor; by: Bounds['by'] }

/** Why this bet cannot be placed now; null where it can. The server decides, this only spares asking in vain. */
export function gateOf(
  stake: Minor | null,
  bounds: Bounds,
  market: { phase: Phase; opensAt: number | null; isWithdrawn: boolean },
  owed: Minor,
  typed = '',
): Gate | null {
  if (market.isWithdrawn) return { why: 'withdrawn' }
  if (market.phase === 'suspended') return { why: 'suspended' }
  if (market.phase === 'early') return { why: 'early', opensAt: market.opensAt ?? 0 }
  if (!isBetting(market.phase)) return { why: 'closed' }
  if (owed > 0) return { why: 'owes', owed }
  if (stake === null && typed.trim() !== '') return { why: 'unread', typed: typed.trim() }
  if (!stake) return { why: 'no-stake' }
  if (stake > bounds.most) return { why: 'over', over: stake - bounds.most, by: bounds.by }
  if (stake < bounds.least) return { why: 'low', least: bounds.least }
  return null
}

export const isBusy = (state: SlipState) => state.k === 'submitting' || state.k === 'unknown'
