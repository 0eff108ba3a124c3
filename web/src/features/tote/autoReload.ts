/** A wall that hangs for days takes up new pages by itself: asked when the link is back, done at a quiet moment. */

import { useEffect, useRef, useState } from 'react'
import { SILENCE_MS } from '@/feed/link'
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

/**
 * A link that was lost and is heard again. One that sleeps with its device is heard before anybody notices the silence;
 * the first word of all is no return.
 */
export function isReturn(isLost: boolean, lastHeardAt: number | null, heardAt: number | null): boolean {
  if (lastHeardAt === null || heardAt === null) return false
  return isLost || heardAt - lastHeardAt > SILENCE_MS
}

/** `isQuiet`: nobody counts down and no result is being shown. */
export function useAutoReload(isQuiet: boolean) {
  const { phase, heardAt } = useLink()
  const isLive = phase === 'live'
  const isLost = useRef(false)
  const lastHeardAt = useRef<number | null>(null)
  const [isDue, setDue] = useState(false)

  useEffect(() => {
    if (!isLive) {
      isLost.current = true
      return
    }
    const isBack = isReturn(isLost.current, lastHeardAt.current, heardAt)
    isLost.current = false
    lastHeardAt.current = heardAt
    if (!isBack || performance.now() < NOT_BEFORE_MS) return
    hasNewPages()
      .then((are) => {
        if (are) setDue(true)
      })
      // Without an answer the link will be back another time.
      .catch(() => {})
  }, [isLive, heardAt])

  useEffect(() => {
    if (isDue && isQuiet && isLive) location.reload()
  }, [isDue, isQuiet, isLive])
}
