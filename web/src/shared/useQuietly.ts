import { useEffect, useRef } from 'react'

/** Looks again now and then, while the page is looked at: for pages without a feed. At once when it is seen again. */
export function useQuietly(look: () => void, everyMs: number) {
  const latest = useRef(look)
  useEffect(() => {
    latest.current = look
  })
  useEffect(() => {
    const again = () => {
      if (document.visibilityState === 'visible' && navigator.onLine) latest.current()
    }
    const timer = setInterval(again, everyMs)
    document.addEventListener('visibilitychange', again)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [everyMs])
}
