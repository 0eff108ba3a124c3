/**
 * The margin of a market: what the house would keep of each unit if stakes followed its odds. Pure, in integers.
 *
 * Shares (1 / odds) are kept in parts of 10^12, each floored; a margin is rounded to the nearest basis point, so that
 * the floors of 200 outcomes never show. Source: the overround, Σ 1/odds − 1; with k places to win, Σ / k − 1.
 */

import type { OddsMilli } from '@/shared/odds'

const ONE = 10n ** 12n
const BPS = 10_000n

export const ODDS_MIN: OddsMilli = 1_010
export const ODDS_MAX: OddsMilli = 1_000_000
/** From here on bettors find better odds elsewhere, or somebody mistyped. */
export const MARGIN_HIGH_BPS = 2_000
/** Odds are offered in hundredths. */
const TICK = 10n

const shareOf = (odds: OddsMilli) => (ONE * 1000n) / BigInt(odds)
const bookOf = (odds: readonly OddsMilli[]) => odds.reduce((sum, one) => sum + shareOf(one), 0n)

/** To the nearest, halves up; also below zero. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * numerator + denominator
  const floored = doubled / (2n * denominator)
  return doubled < 0n && doubled % (2n * denominator) !== 0n ? floored - 1n : floored
}

/** In basis points: 526 is 5.26 %. Null where nothing is priced. */
export function marginBps(odds: readonly OddsMilli[], places = 1): number | null {
  if (odds.length === 0) return null
  const fair = ONE * BigInt(places)
  return Number(nearest((bookOf(odds) - fair) * BPS, fair))
}

export type MarginTone = 'negative' | 'high' | 'fine'

export function toneOf(bps: number): MarginTone {
  if (bps < 0) return 'negative'
  return bps > MARGIN_HIGH_BPS ? 'high' : 'fine'
}

/** "5.26 %". */
export function marginText(bps: number): string {
  const digits = String(Math.abs(bps)).padStart(3, '0')
  return `${bps < 0 ? '−' : ''}${digits.slice(0, -2)}.${digits.slice(-2)} %`
}

/** Odds of a chance in basis points, without a margin: 4,500 (45 %) is 2.22. Floored to hundredths: the house gains. */
export function oddsOfChance(bps: number): OddsMilli | null {
  if (!(bps >= 1 && bps <= 10_000)) return null
  return clamped((1000n * BPS) / BigInt(bps))
}

function clamped(exact: bigint): OddsMilli {
  const floored = Number((exact / TICK) * TICK)
  return Math.min(Math.max(floored, ODDS_MIN), ODDS_MAX)
}

/**
 * The same chances with another margin: every share grows or shrinks in proportion. Floored to hundredths, so the margin
 * lands on the target or just above it, but for odds at the ends of what is allowed.
 */
export function rescaled(odds: readonly OddsMilli[], targetBps: number, places = 1): OddsMilli[] {
  const target = (ONE * BigInt(places) * (BPS + BigInt(targetBps))) / BPS
  const book = bookOf(odds)
  if (book === 0n || target <= 0n) return [...odds]
  return odds.map((one) => clamped((BigInt(one) * book) / target))
}
