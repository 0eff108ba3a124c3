/** A wall that hangs for days takes up new pages by itself: asked when the link is back, done at a quiet moment. */

import { useEffect, useRef, useState } from 'react'
import { useLink } from '@/feed/useFeed'

/** A page that has just loaded is as new as can be had, and must not load again and again. */
const NOT_BEFORE_MS = 60_000

/** The address of the entry script that a page names: it is another for every build. */
export function entryOf(html: string): string | null {
  return /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? null
}

async function hasNewPages(): Promise<boolean> {
  const mine = document.querySelector('script[type="module"][src]')?.getAttribute('src')
  const answer = await fetch(location.pathname, { cache: 'no-store' })
  if (!answer.ok) return false
  const theirs = entryOf(await answer.text())
  return Boolean(mine && theirs && mine !== theirs)
}

/** `isQuiet`: nobody counts down and no result is being shown. */
export function useAutoReload(isQuiet: boolean) {
  const isLive = useLink().phase === 'live'
  const wasLive = useRef(false)
  const [isDue, setDue] = useState(false)

  useEffect(() => {
    if (!isLive) return
    // The first time is no return.
    const isBack = wasLive.current
    wasLive.current = true
    if (!isBack || performance.now() < NOT_BEFORE_MS) return
    let isOver = false
    hasNewPages()
      .then((are) => {
        if (are && !isOver) setDue(true)
      })
      // Without an answer the link will be back another time.
      .catch(() => {})
    return () => {
      isOver = true
    }
  }, [isLive])

  useEffect(() => {
    if (isDue && isQuiet && isLive) location.reload()
  }, [isDue, isQuiet, isLive])
}
