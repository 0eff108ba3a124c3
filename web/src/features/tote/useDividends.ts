/** What the winners of a settled market are paid for a unit: asked once the decision is there. */

import { useEffect, useState } from 'react'
import { api, must } from '@/api/client'

const AGAIN_MS = 5000

/** Decimal text by outcome; null before it is known, empty where there are none (fixed odds, or all was refunded). */
export type Dividends = Readonly<Record<string, string>> | null

export function useDividends(market: number, version: number, isSettled: boolean): Dividends {
  const [known, setKnown] = useState<{ version: number; dividends: Dividends } | null>(null)
  useEffect(() => {
    if (!isSettled) return
    let timer: ReturnType<typeof setTimeout>
    let isOver = false
    const ask = async () => {
      try {
        const path = { path: { market_id: market } }
        const [last] = (await must(api.GET('/api/market/{market_id}/settlement', { params: path }))).items
        if (!isOver && last) return setKnown({ version, dividends: last.dividends })
      } catch {
        // Asked again below.
      }
      if (!isOver) timer = setTimeout(ask, AGAIN_MS)
    }
    ask()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [market, version, isSettled])
  return isSettled && known ? known.dividends : null
}
