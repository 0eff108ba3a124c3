/** The feed for React: who renders structure asks here, who writes cells takes the store. */

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { Structure } from './board'
import type { LinkState } from './link'
import type { PersonalMessage } from './messages'
import { nextBoundary, type Phase, phaseAt, type Timed } from './phase'
import { keepFed } from './socket'
import { createFeedStore, type FeedStore } from './store'

const Feed = createContext<FeedStore | null>(null)

/** Feeds its children one tournament. `key` it by tournament and reader: a reader's socket is also private. */
export function FeedProvider({ tournament, children }: { tournament: string; children: ReactNode }) {
  const [store] = useState(() => createFeedStore())
  useEffect(() => keepFed(store, tournament), [store, tournament])
  return <Feed value={store}>{children}</Feed>
}

export function useFeed(): FeedStore {
  const store = useContext(Feed)
  if (!store) throw new Error('useFeed outside a FeedProvider')
  return store
}

export function useStructure(): Structure | null {
  const store = useFeed()
  return useSyncExternalStore(store.onStructure, store.structure)
}

export function useLink(): LinkState {
  const store = useFeed()
  return useSyncExternalStore(store.onLink, store.link)
}

export function usePersonal(listener: (message: PersonalMessage) => void) {
  const store = useFeed()
  useEffect(() => store.onPersonal(listener), [store, listener])
}

/**
 * Calls back whenever the link becomes live, the first time too: what was told before, or while it was away, was told to
 * nobody, and what the API had answered may be older.
 */
export function useBackAgain(listener: () => void) {
  const { phase } = useLink()
  const wasAway = useRef(true)
  useEffect(() => {
    if (phase === 'down' || phase === 'stale') wasAway.current = true
    if (phase !== 'live' || !wasAway.current) return
    wasAway.current = false
    listener()
  }, [phase, listener])
}

/** Browsers keep a timer's wait in 32 bits. */
const WAIT_MAX_MS = 2 ** 31 - 1
/** A timer that fires early would find the phase before once more. */
const LATE_MS = 30

/** The phase of a market by the server's clock; renders again when a boundary of any of these markets is passed. */
export function usePhases(markets: readonly Timed[]): (market: Timed) => Phase {
  const store = useFeed()
  const [, lookAgain] = useReducer((n: number) => n + 1, 0)
  const now = store.serverNow()
  const next = Math.min(...markets.map((market) => nextBoundary(market, now)), Number.POSITIVE_INFINITY)
  useEffect(() => {
    if (next === Number.POSITIVE_INFINITY) return
    const timer = setTimeout(lookAgain, Math.min(next - store.serverNow() + LATE_MS, WAIT_MAX_MS))
    return () => clearTimeout(timer)
  }, [store, next])
  return (market) => phaseAt(market, store.serverNow())
}
