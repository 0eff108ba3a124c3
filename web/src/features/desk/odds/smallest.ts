/** What the smallest stake of a market would be paid: where rounding down takes much of it, the organizer sees it. Pure. */

import type { Minor } from '@/shared/money'
import { lostToRounding, type OddsMilli, returnOf } from '@/shared/odds'

export interface Smallest {
  stake: Minor
  odds: OddsMilli
  pays: Minor
  /** The return with its decimals, where rounding takes much of the winnings. */
  roundedFrom: string | null
}

/** A pool has no odds before its bets: the example is one and a half. */
export const EXAMPLE_OF_A_POOL: OddsMilli = 1500

/** At the odds where rounding takes the largest part of what is won; null without odds. */
export function smallestPaid(
  stake: Minor,
  odds: ReadonlyArray<OddsMilli | null>,
  exponent: number,
): Smallest | null {
  const priced = odds.filter((one) => one !== null && one > 1000) as OddsMilli[]
  const lostPart = (one: OddsMilli) => ((stake * one) % 1000) / (stake * (one - 1000))
  const worst = priced.reduce<OddsMilli | null>(
    (found, one) => (found === null || lostPart(one) > lostPart(found) ? one : found),
    null,
  )
  if (worst === null) return null
  return {
    stake,
    odds: worst,
    pays: returnOf(stake, worst),
    roundedFrom: lostToRounding(stake, worst, exponent),
  }
}
