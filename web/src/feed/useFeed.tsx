/** The feed for React: who renders structure asks here, who writes cells takes the store. */

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Structure } from './board'
import type { LinkState } from './link'
import type { PersonalMessage } from './messages'
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
