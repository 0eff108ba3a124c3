/** The address that fills the slip again, for who has to go round: to sign in, to have their identity checked. Pure. */

import type { Structure } from '@/feed/board'

/** The board with this pick and stake; the board alone where there is no such outcome, or its market takes no bets. */
export function pickPath(structure: Structure, outcome: number, stake: string): string {
  const board = `/t/${structure.tournament.slug}`
  const market = structure.markets.get(structure.marketOf.get(outcome) ?? -1)
  const lane = market?.outcomes.find((one) => one.id === outcome)?.lane_no
  if (!market || lane === undefined || market.status !== 'open') return board
  // A lane speaks of the first open market of its match; of another the outcome is named.
  const beside = [...structure.markets.values()].filter((one) => one.match_id === market.match_id)
  const isFirst = beside.find((one) => one.status === 'open') === market
  const pick: Record<string, string> = isFirst ? { pick: String(lane) } : { outcome: String(outcome) }
  return `${board}/m/${market.match_id}?${new URLSearchParams({ ...pick, ...(stake && { stake }) })}`
}
