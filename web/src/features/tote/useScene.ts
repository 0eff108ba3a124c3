/** The scene of now, looked at whenever the board changes and as each second of the server's begins. */

import { useEffect, useState } from 'react'
import type { FeedStore } from '@/feed/store'
import { useFeed } from '@/feed/useFeed'
import { isSameScene, nextScene, type Scene } from './scene'

/** A timer that fires early would say the second before once more. */
const LATE_MS = 30

/** Calls as each second begins on the server's clock, so that a countdown neither skips one nor stands still. */
export function onServerSecond(feed: FeedStore, listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const arm = () => {
    timer = setTimeout(tick, 1000 + LATE_MS - (feed.serverNow() % 1000))
  }
  function tick() {
    listener()
    arm()
  }
  arm()
  return () => clearTimeout(timer)
}

export function useScene(pinned: number | null): Scene | null {
  const feed = useFeed()
  const [scene, setScene] = useState<Scene | null>(null)
  useEffect(() => {
    let shown: Scene | null = null
    const look = () => {
      const structure = feed.structure()
      if (!structure) return
      const next = nextScene(shown, structure, feed.serverNow(), pinned)
      const isSeen = shown !== null && isSameScene(shown, next)
      shown = next
      if (!isSeen) setScene(next)
    }
    look()
    const offStructure = feed.onStructure(look)
    const offSecond = onServerSecond(feed, look)
    return () => {
      offStructure()
      offSecond()
    }
  }, [feed, pinned])
  return scene
}
