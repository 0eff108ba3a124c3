/** How many rows of a list fit its box, so that none is cut. Its grid says how tall one is, and in how many columns. */

import { type RefObject, useLayoutEffect, useState } from 'react'

const AT_FIRST = { rows: 8, columns: 1 }

/** `rows` in all columns together. */
export function useFit(list: RefObject<HTMLElement | null>) {
  const [fit, setFit] = useState(AT_FIRST)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const measure = () => {
      const style = getComputedStyle(element)
      const row = Number.parseFloat(style.gridAutoRows)
      // Not the tracks there are: while rows for two columns stand in one, the browser makes another.
      const columns = Number(style.getPropertyValue('--columns'))
      if (!(row > 0 && columns > 0)) return
      const rows = Math.max(1, Math.floor((element.clientHeight + 1) / row)) * columns
      setFit((now) => (now.rows === rows && now.columns === columns ? now : { rows, columns }))
    }
    const resize = new ResizeObserver(measure)
    resize.observe(element)
    measure()
    return () => resize.disconnect()
  }, [list])
  return fit
}
