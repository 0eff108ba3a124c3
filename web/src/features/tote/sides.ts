/** The pulse by side of one market: money in by second, as the wall's graph wants it. Pure. */

import type { MarketOnBoard, PulseRow } from '@/feed/messages'
import { SIDES_MAX } from './scene'

export interface Side {
  name: string
  outcomes: number[]
}

export interface SidePulse {
  /** A row a second, oldest first, the present one last: minor units on each side, then on everything else. */
  bars: number[][]
  /** The tallest second altogether. */
  peak: number
  /** What came in over all these seconds, as a row of `bars`. */
  sums: number[]
}

/** The sides a graph can tell apart: each outcome of a few, or all of a large field together. */
export function sidesOf(market: MarketOnBoard | null): Side[] {
  if (!market) return []
  if (market.outcomes.length > SIDES_MAX)
    return [{ name: 'this match', outcomes: market.outcomes.map((outcome) => outcome.id) }]
  return market.outcomes.map((outcome) => ({ name: outcome.name, outcomes: [outcome.id] }))
}

export function sidePulse(
  pulse: readonly PulseRow[],
  sides: readonly Side[],
  now: number,
  length: number,
): SidePulse {
  const last = Math.floor(now / 1000)
  const bySecond = new Map(pulse.map((row) => [row[0], row]))
  const sums = new Array<number>(sides.length + 1).fill(0)
  let peak = 0
  const bars = Array.from({ length }, (_, i) => {
    const row = bySecond.get(last - length + 1 + i)
    const parts = sides.map((side) =>
      side.outcomes.reduce((sum, outcome) => sum + (row?.[2][outcome] ?? 0), 0),
    )
    const total = row?.[1] ?? 0
    parts.push(total - parts.reduce((sum, part) => sum + part, 0))
    for (const [side, part] of parts.entries()) sums[side]! += part
    peak = Math.max(peak, total)
    return parts
  })
  return { bars, peak, sums }
}

const ROUND = [1, 2, 3, 4, 5, 6, 8]

/** The line the bars are measured by: a round amount that the tallest fits under, ten units at least. Minor units. */
export function topOf(peak: number, exponent: number): number {
  for (let ten = 10 * 10 ** exponent; ; ten *= 10) {
    const round = ROUND.find((times) => times * ten >= peak)
    if (round) return round * ten
  }
}
