/** Picking without a pointer: by a link, by the keys 1–9, and having the odds read aloud. */

import type { Structure } from '@/feed/board'
import type { MarketOnBoard } from '@/feed/messages'
import type { FeedStore } from '@/feed/store'
import { announce } from '@/shared/announce'
import { useKeys } from '@/shared/keys'
import { formatOdds } from '@/shared/odds'
import { oddsFormat } from '@/shared/prefs'
import { groupMarkets } from './grouping'

/** The outcome at a lane of the first open market of a match; null where there is none. */
export function laneOf(structure: Structure, match: number, lane: number): number | null {
  const markets = [...structure.markets.values()].filter((market) => market.match_id === match)
  const market = markets.find((one) => one.status === 'open') ?? markets[0]
  return market?.outcomes.find((outcome) => outcome.lane_no === lane)?.id ?? null
}

/** The market that keys speak of: the one with the focus, else the picked one, else the first open one. */
function marketInHand(structure: Structure, picked: number | null): MarketOnBoard | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('[data-market]')?.dataset.market
  const id = focused ? Number(focused) : picked === null ? undefined : structure.marketOf.get(picked)
  if (id !== undefined) return structure.markets.get(id)
  const entries = groupMarkets(structure).open.flatMap((group) => group.entries)
  return entries.find((entry) => entry.market.status === 'open')?.market
}

function readOdds(feed: FeedStore, picked: number | null) {
  const structure = feed.structure()
  const market = structure && marketInHand(structure, picked)
  if (!market) return
  const match = structure.matches.get(market.match_id)
  const odds = market.outcomes.map(
    (outcome) => `${outcome.name} ${formatOdds(feed.tick(outcome.id)?.odds ?? null, oddsFormat.get())}`,
  )
  announce([match?.name, market.name, ...odds].filter(Boolean).join(', '))
}

export function usePickKeys(feed: FeedStore, picked: number | null, onPick?: (outcome: number) => void) {
  const keys: Record<string, () => void> = {
    r: () => readOdds(feed, picked),
    '?': () => import('./keyHelp').then(({ showKeys }) => showKeys()),
  }
  for (let lane = 1; lane <= 9; lane++) {
    keys[String(lane)] = () => {
      const structure = feed.structure()
      const market = structure && marketInHand(structure, picked)
      const outcome = market?.outcomes.find((one) => one.lane_no === lane && !one.withdrawn)
      if (outcome && market?.status === 'open') onPick?.(outcome.id)
    }
  }
  useKeys(keys)
}
