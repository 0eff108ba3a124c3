/** The address that fills the slip again, for who has to go round: to sign in, to have their identity checked. Pure. */

import type { Structure } from '@/feed/board'

/** The board with this pick and stake; the board alone where a link could not name the pick. */
export function pickPath(structure: Structure, outcome: number, stake: string): string {
  const board = `/t/${structure.tournament.slug}`
  const market = structure.markets.get(structure.marketOf.get(outcome) ?? -1)
  const lane = market?.outcomes.find((one) => one.id === outcome)?.lane_no
  if (!market || lane === undefined) return board
  // A link speaks of the first open market of its match.
  const beside = [...structure.markets.values()].filter((one) => one.match_id === market.match_id)
  if (beside.find((one) => one.status === 'open') !== market) return board
  return `${board}/m/${market.match_id}?${new URLSearchParams({ pick: String(lane), ...(stake && { stake }) })}`
}
