/** How odds are typed: as decimals, as a chance or as a fraction, and stepped on the ladder bookmakers quote. Pure. */

import type { OddsMilli } from '@/shared/odds'
import { ODDS_MAX, oddsOfChance } from './margin'

const LOWEST: OddsMilli = 1_000

/** "2.28", "2,28", "45%" (a chance, without margin), "7/4". Null where it is no odds. */
export function readOdds(text: string): OddsMilli | null {
  const said = text.trim()
  const decimal = /^(\d{1,4})(?:[.,](\d{1,3}))?$/.exec(said)
  if (decimal) return allowed(Number(decimal[1]) * 1000 + Number((decimal[2] ?? '').padEnd(3, '0')))
  const chance = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%$/.exec(said)
  if (chance) return oddsOfChance(Number(chance[1]) * 100 + Number((chance[2] ?? '').padEnd(2, '0')))
  const fraction = /^(\d{1,4})\/(\d{1,4})$/.exec(said)
  if (fraction && Number(fraction[2]) > 0)
    return allowed(1000 + Math.floor((Number(fraction[1]) * 1000) / Number(fraction[2])))
  return null
}

const allowed = (odds: OddsMilli) => (odds >= LOWEST && odds <= ODDS_MAX ? odds : null)

/** Up to which odds (thousandths) a rung has which height. Source: the ladder of the betting exchanges. */
const RUNGS: ReadonlyArray<readonly [below: OddsMilli, height: OddsMilli]> = [
  [2_000, 10],
  [3_000, 20],
  [4_000, 50],
  [6_000, 100],
  [10_000, 200],
  [20_000, 500],
  [30_000, 1_000],
  [50_000, 2_000],
  [100_000, 5_000],
  [ODDS_MAX, 10_000],
]

/** The next rung above or below; odds between two rungs go to the nearer end of the way. */
export function stepped(odds: OddsMilli, direction: 1 | -1): OddsMilli {
  // Downwards the rung that ends here counts, not the one that begins.
  const at = direction === 1 ? odds : odds - 1
  const height = RUNGS.find(([below]) => at < below)?.[1] ?? 10_000
  const rung =
    direction === 1 ? (Math.floor(odds / height) + 1) * height : (Math.ceil(odds / height) - 1) * height
  return Math.min(Math.max(rung, 1_010), ODDS_MAX)
}
