/** What the wall shows: which market, in which state of betting. Pure; the server's time and what it showed are passed in. */

import type { Structure } from '@/feed/board'
import type { MarketOnBoard } from '@/feed/messages'
import { hasOpened, isOver, type Phase, phaseAt, takesBets } from '@/feed/phase'

/** How long a result stands before the wall goes on to the next match. */
export const RESULT_SHOWN_MS = 30_000

export type Scene =
  | { t: 'empty' }
  /** No betting now: the next match to come, or null where all is over. */
  | { t: 'between'; next: number | null }
  /** `overSince` is when it was first seen settled or refunded, on the server's clock. */
  | { t: 'match'; market: number; phase: Phase; overSince: number | null }

/** What closes by hand comes before what closes only much later. */
const BY_HAND_MS = 12 * 3_600_000
const closing = (market: MarketOnBoard, now: number) => market.closes_at ?? now + BY_HAND_MS

function sceneOf(market: MarketOnBoard, now: number, overSince: number | null = null): Scene {
  const phase = phaseAt(market, now)
  return { t: 'match', market: market.id, phase, overSince: isOver(phase) ? (overSince ?? now) : null }
}

/** Of each match its first market that takes bets, the next to close first. */
function bettable(markets: MarketOnBoard[], now: number): MarketOnBoard[] {
  const firsts = new Map<number, MarketOnBoard>()
  for (const market of markets) {
    if (!takesBets(phaseAt(market, now))) continue
    const first = firsts.get(market.match_id)
    if (!first || market.id < first.id) firsts.set(market.match_id, market)
  }
  return [...firsts.values()].sort((a, b) => closing(a, now) - closing(b, now) || a.id - b.id)
}

/** The result of one market has been seen: another of its match that has opened and is not over comes before other matches. */
function restOfMatch(before: Scene | null, markets: MarketOnBoard[], now: number): MarketOnBoard | undefined {
  const shown = before?.t === 'match' ? markets.find((one) => one.id === before.market) : undefined
  if (!shown || !isOver(phaseAt(shown, now))) return undefined
  return markets
    .filter(({ match_id }) => match_id === shown.match_id)
    .find((one) => hasOpened(phaseAt(one, now)) && !isOver(phaseAt(one, now)))
}

/** What is frozen stays until its result has been seen; only a last call elsewhere may take over. */
function held(before: Scene | null, markets: MarketOnBoard[], next: MarketOnBoard | undefined, now: number) {
  if (before?.t !== 'match') return null
  const market = markets.find((one) => one.id === before.market)
  if (!market) return null
  const phase = phaseAt(market, now)
  if (!hasOpened(phase) || takesBets(phase)) return null
  if (next && phaseAt(next, now) === 'lastCall') return null
  const scene = sceneOf(market, now, before.overSince)
  const isSeen = scene.t === 'match' && scene.overSince !== null && now - scene.overSince >= RESULT_SHOWN_MS
  return isSeen ? null : scene
}

/** Matches whose betting has not opened yet, the next to start first. */
function toCome(structure: Structure, now: number): number[] {
  const begun = new Set<number>()
  for (const market of structure.markets.values())
    if (hasOpened(phaseAt(market, now))) begun.add(market.match_id)
  const start = (at: number | null) => at ?? Number.POSITIVE_INFINITY
  return [...structure.matches.values()]
    .filter((match) => !begun.has(match.id))
    .sort((a, b) => start(a.starts_at) - start(b.starts_at) || a.id - b.id)
    .map((match) => match.id)
}

/** The scene that follows. `pinned` is a match to stay with; one that is not on the board counts as none. */
export function nextScene(
  before: Scene | null,
  structure: Structure,
  now: number,
  pinned: number | null,
): Scene {
  if (structure.matches.size === 0 && structure.markets.size === 0) return { t: 'empty' }
  const isPinned = pinned !== null && structure.matches.has(pinned)
  const markets = [...structure.markets.values()].filter((market) => !isPinned || market.match_id === pinned)
  const [next] = bettable(markets, now)
  const kept = held(before, markets, next, now)
  if (kept) return kept
  const rest = restOfMatch(before, markets, now)
  if (rest && !(next && phaseAt(next, now) === 'lastCall')) return sceneOf(rest, now)
  if (next) return sceneOf(next, now)

  const seen = markets.filter((market) => hasOpened(phaseAt(market, now)))
  const waiting = seen
    .filter((market) => !isOver(phaseAt(market, now)))
    .sort((a, b) => closing(b, now) - closing(a, now) || a.id - b.id)
  if (waiting[0]) return sceneOf(waiting[0], now)
  if (isPinned) {
    const last = seen.find((market) => before?.t === 'match' && market.id === before.market) ?? seen[0]
    if (!last) return { t: 'between', next: pinned }
    return sceneOf(last, now, before?.t === 'match' ? before.overSince : null)
  }
  return { t: 'between', next: toCome(structure, now)[0] ?? null }
}

export function isSameScene(a: Scene, b: Scene): boolean {
  if (a.t === 'between' && b.t === 'between') return a.next === b.next
  if (a.t === 'match' && b.t === 'match') return a.market === b.market && a.phase === b.phase
  return a.t === b.t
}

/** How the outcomes of a market are shown: side by side while they fit, else as a ranked list. */
export const SIDES_MAX = 3
/** Small markets beside the match, where there is no large one. */
const BESIDE_MAX = 2

/** What stands beside the match: the largest other market that takes bets, such as an outright, or the next small ones. */
export function fieldsBeside(structure: Structure, shown: number | null, now: number): MarketOnBoard[] {
  const match = shown === null ? undefined : structure.markets.get(shown)?.match_id
  const others = [...structure.markets.values()].filter(
    (market) => market.match_id !== match && takesBets(phaseAt(market, now)),
  )
  others.sort(
    (a, b) => b.outcomes.length - a.outcomes.length || closing(a, now) - closing(b, now) || a.id - b.id,
  )
  const [largest] = others
  if (!largest || largest.outcomes.length > SIDES_MAX) return others.slice(0, 1)
  return bettable(others, now).slice(0, BESIDE_MAX)
}

/** Favourites first, those without odds last; withdrawn ones are left out. */
export function ranked(
  market: MarketOnBoard,
  oddsOf: (outcome: number) => number | null,
): MarketOnBoard['outcomes'] {
  const odds = (id: number) => oddsOf(id) ?? Number.POSITIVE_INFINITY
  const running = market.outcomes.filter((outcome) => !outcome.withdrawn)
  const price = new Map(running.map((outcome) => [outcome.id, odds(outcome.id)]))
  return running.sort((a, b) => {
    const [one, two] = [price.get(a.id)!, price.get(b.id)!]
    return one === two ? a.lane_no - b.lane_no : one - two
  })
}
