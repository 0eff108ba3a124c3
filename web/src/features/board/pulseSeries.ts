/** The last seconds of money coming in, as the graph and its table want them. Pure. */

import type { BoardState } from '@/feed/board'

export interface PulseSeries {
  /** −119 … 0, the present second last. */
  seconds: number[]
  /** Stakes in each second, in whole units. */
  stakes: number[]
  /** The total at the end of each second, in whole units. */
  totals: number[]
}

export function pulseSeries(
  state: BoardState | null,
  now: number,
  length: number,
  exponent: number,
): PulseSeries {
  const unit = 10 ** exponent
  const last = Math.floor(now / 1000)
  const bySecond = new Map(state?.pulse.map((row) => [row[0], row[1]]))
  const seconds = Array.from({ length }, (_, i) => i - length + 1)
  const stakes = seconds.map((second) => (bySecond.get(last + second) ?? 0) / unit)
  const totals = new Array<number>(length)
  let total = (state?.total ?? 0) / unit
  for (let i = length - 1; i >= 0; i--) {
    totals[i] = total
    total -= stakes[i] ?? 0
  }
  return { seconds, stakes, totals }
}
