import { useEffect, useRef } from 'react'
import type { MarketOnBoard } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { plural } from '@/shared/plural'
import { write } from '@/shared/write'

/** How many bets lie on a market, written as they come. */
export function BetsOn({ market }: { market: MarketOnBoard }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => {
      let bets = 0
      for (const { id } of market.outcomes) bets += feed.tick(id)?.bets ?? 0
      write(text.current, plural(bets, 'bet'))
    }
    paint()
    return feed.onMarket(market.id, paint)
  }, [feed, market])
  return <span className="num" ref={text} data-testid="bets-on" />
}
