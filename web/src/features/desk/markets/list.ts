/** Which markets the desk lists and in which order; matches without a market are rows too. Pure. */

import type { Structure } from '@/feed/board'
import type { MarketOnBoard, MarketStatus, MatchOnBoard } from '@/feed/messages'
import { byUrgency, isOver } from '../actions'

export type Shown = 'now' | 'waiting' | 'open' | 'draft' | 'over'

export interface Filter {
  shown: Shown
  round: string
  sought: string
}

export const NO_FILTER: Filter = { shown: 'now', round: '', sought: '' }
export const ROWS_SHOWN = 50

/** A market with its match; or a match that has no market yet. */
export interface Row {
  key: string
  market: MarketOnBoard | null
  match: MatchOnBoard | undefined
}

const WAITING: ReadonlySet<MarketStatus> = new Set(['closed', 'resulted', 'suspended', 'settling', 'voiding'])

export function isShown(row: Row, shown: Shown): boolean {
  const status = row.market?.status ?? 'draft'
  if (shown === 'now') return !isOver(status)
  if (shown === 'over') return isOver(status)
  if (shown === 'waiting') return WAITING.has(status)
  return status === shown
}

function byNeed(a: Row, b: Row): number {
  if (a.market && b.market) return byUrgency(a.market, b.market)
  if (!a.market && !b.market) return (a.match?.id ?? 0) - (b.match?.id ?? 0)
  // A match without a market waits for one: before the drafts' end, behind what takes bets.
  const other = (a.market ?? b.market)!.status
  return (other === 'draft' || isOver(other) ? -1 : 1) * (a.market ? -1 : 1)
}

/** Every row, what waits for the organizer first. */
export function rowsOf(structure: Structure): Row[] {
  const rows: Row[] = []
  const withMarket = new Set<number>()
  for (const market of structure.markets.values()) {
    withMarket.add(market.match_id)
    rows.push({ key: `market-${market.id}`, market, match: structure.matches.get(market.match_id) })
  }
  for (const match of structure.matches.values())
    if (!withMarket.has(match.id)) rows.push({ key: `match-${match.id}`, market: null, match })
  return rows.sort(byNeed)
}

/** Rows of a round and with every word that is sought, in whichever state. */
export function within(rows: readonly Row[], { round, sought }: Filter): Row[] {
  const words = sought.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (round === '' && words.length === 0) return [...rows]
  return rows.filter(({ market, match }) => {
    if (round !== '' && match?.round !== round) return false
    if (words.length === 0) return true
    const outcomes = market?.outcomes.map(({ name }) => name) ?? []
    const text = [match?.name, match?.round, match?.venue, market?.name, ...outcomes].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export const roundsOf = (structure: Structure): string[] =>
  [...new Set([...structure.matches.values()].flatMap(({ round }) => round || []))].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true }),
  )

/**
 * The rows in the order they are held in, new ones behind; those of `scope` that were held stay, whatever became of them.
 * So nothing jumps away, or vanishes, under the organizer's thumb.
 */
export function keepOrder(held: readonly string[], rows: readonly Row[], scope: readonly Row[]): Row[] {
  const position = new Map(held.map((key, i) => [key, i]))
  const listed = new Set(rows.map(({ key }) => key))
  const at = (row: Row) => position.get(row.key) ?? held.length
  const stayed = scope.filter(({ key }) => position.has(key) && !listed.has(key))
  return [...rows, ...stayed].sort((a, b) => at(a) - at(b))
}
