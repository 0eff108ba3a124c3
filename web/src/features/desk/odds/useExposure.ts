/** What the house risks on a market, asked again when its stakes moved: at most every two seconds, and only while seen. */

import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, must } from '@/api/client'
import { useFeed } from '@/feed/useFeed'

const EVERY_MS = 2000

export function useExposure(market: number) {
  const feed = useFeed()
  const query = useQuery({
    queryKey: ['exposure', market],
    queryFn: () =>
      must(api.GET('/api/market/{market_id}/exposure', { params: { path: { market_id: market } } })),
    staleTime: 0,
  })
  const { refetch } = query
  useEffect(() => {
    let asked = Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    let hasMoved = false
    const ask = () => {
      timer = undefined
      if (document.hidden) return
      hasMoved = false
      asked = Date.now()
      void refetch()
    }
    const moved = () => {
      hasMoved = true
      timer ??= setTimeout(ask, Math.max(0, asked + EVERY_MS - Date.now()))
    }
    const seen = () => {
      if (!document.hidden && hasMoved) moved()
    }
    const off = feed.onMarket(market, moved)
    document.addEventListener('visibilitychange', seen)
    return () => {
      off()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [feed, market, refetch])
  return query
}
