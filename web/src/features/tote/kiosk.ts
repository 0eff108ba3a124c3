/** What a screen that nobody touches needs: it stays awake, its pointer goes, and F takes the whole screen. */

import { useEffect, useState } from 'react'
import { useKeys } from '@/shared/keys'

const POINTER_MS = 3000

/** The browser lets the lock go whenever the page is hidden; it is asked for again when it shows. */
export function useWakeLock() {
  useEffect(() => {
    if (!('wakeLock' in navigator)) return
    let lock: WakeLockSentinel | null = null
    let isOver = false
    const ask = async () => {
      if (document.visibilityState !== 'visible' || (lock && !lock.released)) return
      try {
        const got = await navigator.wakeLock.request('screen')
        if (isOver) await got.release()
        else lock = got
      } catch {
        // Refused, as on a low battery: the wall works without, and asks again when it next shows.
      }
    }
    ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', ask)
      lock?.release().catch(() => {})
    }
  }, [])
}

/** Whether the pointer has not moved for a few seconds. */
export function usePointerIdle(): boolean {
  const [isIdle, setIdle] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const moved = () => {
      setIdle(false)
      clearTimeout(timer)
      timer = setTimeout(() => setIdle(true), POINTER_MS)
    }
    moved()
    addEventListener('pointermove', moved)
    return () => {
      removeEventListener('pointermove', moved)
      clearTimeout(timer)
    }
  }, [])
  return isIdle
}

export function useFullScreenKey() {
  useKeys({
    f: () => {
      const asked = document.fullscreenElement
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen()
      // Where full screen is not allowed the key does nothing.
      asked.catch(() => {})
    },
  })
}
