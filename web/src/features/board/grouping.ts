/** In which order the board shows its markets: open ones by round, then those waiting for a result, then settled. */

import type { Structure } from '@/feed/board'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'

export interface MarketEntry {
  market: MarketOnBoard
  match: MatchOnBoard | undefined
}

export interface RoundGroup {
  round: string | null
  entries: MarketEntry[]
}

export interface Grouped {
  open: RoundGroup[]
  waiting: MarketEntry[]
  settled: MarketEntry[]
}

const STAGE: Record<MarketOnBoard['status'], 'open' | 'waiting' | 'settled' | 'hidden'> = {
  draft: 'hidden',
  open: 'open',
  suspended: 'open',
  closed: 'waiting',
  resulted: 'waiting',
  settling: 'waiting',
  voiding: 'waiting',
  settled: 'settled',
  void: 'settled',
}

const FIELD_OUTCOMES = 5

const closesAt = (entry: MarketEntry) => entry.market.closes_at ?? Number.POSITIVE_INFINITY
const byClosing = (a: MarketEntry, b: MarketEntry) => closesAt(a) - closesAt(b) || a.market.id - b.market.id

/** The next match to close comes first; a large field, such as an outright, stands tall beside it. */
function withFieldSecond(entries: MarketEntry[]): MarketEntry[] {
  const at = entries.findIndex((entry, i) => i > 0 && entry.market.outcomes.length >= FIELD_OUTCOMES)
  const field = entries[at]
  if (!field) return entries
  return [...entries.slice(0, 1), field, ...entries.slice(1, at), ...entries.slice(at + 1)]
}

/** Rounds in the order of their first closing; what belongs to no round stands with the first of them. */
function byRound(entries: MarketEntry[]): RoundGroup[] {
  const groups = new Map<string, RoundGroup>()
  const roundless: MarketEntry[] = []
  for (const entry of entries) {
    const round = entry.match?.round
    if (!round) {
      roundless.push(entry)
      continue
    }
    const group = groups.get(round)
    if (group) group.entries.push(entry)
    else groups.set(round, { round, entries: [entry] })
  }
  const rounds = [...groups.values()]
  const first = rounds[0]
  if (!first) return roundless.length ? [{ round: null, entries: roundless }] : []
  first.entries.push(...roundless)
  for (const group of rounds) group.entries = withFieldSecond(group.entries)
  return rounds
}

export function groupMarkets(structure: Structure): Grouped {
  const entries = [...structure.markets.values()].map((market) => ({
    market,
    match: structure.matches.get(market.match_id),
  }))
  const at = (stage: string) => entries.filter((entry) => STAGE[entry.market.status] === stage)
  return {
    open: byRound(at('open').sort(byClosing)),
    waiting: at('waiting').sort(byClosing),
    settled: at('settled').sort((a, b) => byClosing(b, a)),
  }
}

/** The first `count` markets, in their groups. */
export function firstOf(groups: readonly RoundGroup[], count: number): RoundGroup[] {
  const first: RoundGroup[] = []
  let left = count
  for (const { round, entries } of groups) {
    if (left <= 0) break
    first.push({ round, entries: entries.slice(0, left) })
    left -= entries.length
  }
  return first
}

/** How many rows of the grid a card with many outcomes spans, so that small cards stand beside it. */
export function spanOf(rows: number): number {
  return rows <= 4 ? 1 : Math.min(4, Math.round((rows * 46 + 90) / 180))
}
