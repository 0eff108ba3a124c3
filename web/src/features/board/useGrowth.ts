/** A long list shows its first part, and more whenever its end comes near the screen. */

import { useEffect, useRef, useState } from 'react'

/** Cards at first, and with each step: more than the largest screen holds. */
export const STEP = 60
const NEAR = '900px'

/** How many of `total` to show: at least `least`, for what was picked further down. `end` is put on what stands at the end. */
export function useGrowth(total: number, least = 0) {
  const [grown, setGrown] = useState(STEP)
  const end = useRef<HTMLButtonElement>(null)
  const count = Math.min(total, Math.max(grown, least))
  const grow = () => setGrown(count + STEP)

  // biome-ignore lint/correctness/useExhaustiveDependencies: observed anew at each step, since an end that stays near tells nothing
  useEffect(() => {
    const element = end.current
    if (!element) return
    const observer = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting && grow(), {
      rootMargin: NEAR,
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [count, total])

  return { count, hasMore: count < total, grow, end }
}
