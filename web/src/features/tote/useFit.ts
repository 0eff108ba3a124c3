/** How many rows of a list fit its box, so that none is cut. The list's grid-auto-rows says how tall one is. */

import { type RefObject, useLayoutEffect, useState } from 'react'

const ROWS_AT_FIRST = 8

export function useFit(list: RefObject<HTMLElement | null>): number {
  const [rows, setRows] = useState(ROWS_AT_FIRST)
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    const measure = () => {
      const style = getComputedStyle(element)
      const row = Number.parseFloat(style.gridAutoRows)
      const columns = style.gridTemplateColumns.split(' ').length
      if (row > 0) setRows(Math.max(1, Math.floor((element.clientHeight + 1) / row)) * columns)
    }
    const resize = new ResizeObserver(measure)
    resize.observe(element)
    measure()
    return () => resize.disconnect()
  }, [list])
  return rows
}
