/** Cells of the feed that more than one feature shows: what is staked on a market, and what time it has left. */

import { useEffect, useRef } from 'react'
import { wholeFigure } from '@/shared/money'
import { left } from '@/shared/time'
import { write } from '@/shared/write'
import styles from './cells.module.css'
import { useFeed } from './useFeed'

const SOON_MS = 5 * 60_000

export function PoolTotal({
  market,
  exponent,
  prefix,
}: {
  market: number
  exponent: number
  prefix: string
}) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => write(text.current, prefix + wholeFigure(feed.pool(market), exponent))
    paint()
    return feed.onMarket(market, paint)
  }, [feed, market, exponent, prefix])
  return <span className="num" ref={text} data-testid="pool-total" />
}

/** What is left until a time, on the server's clock. Amber in the last five minutes. */
export function Countdown({ until, onOver }: { until: number; onOver?: () => void }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let isOver = false
    const paint = () => {
      const ms = until - feed.serverNow()
      write(text.current, left(ms))
      if (text.current) text.current.dataset.soon = String(ms < SOON_MS)
      if (ms <= 0 && !isOver) {
        isOver = true
        onOver?.()
      }
    }
    paint()
    return feed.onSecond(paint)
  }, [feed, until, onOver])
  return <span className={`num ${styles.countdown}`} ref={text} />
}
