/** The cells of a card's rows that only the board has; those it shares are feed/cells.tsx. */

import { useEffect, useRef } from 'react'
import { useFeed } from '@/feed/useFeed'
import { shortFigure } from '@/shared/money'
import { write } from '@/shared/write'
import styles from './cells.module.css'

/** An outcome's share of its market, in per cent, and what is staked on it. */
export function Share({ outcome, market, exponent }: { outcome: number; market: number; exponent: number }) {
  const feed = useFeed()
  const percent = useRef<HTMLSpanElement>(null)
  const stakes = useRef<HTMLSpanElement>(null)
  const bar = useRef<HTMLSpanElement>(null)

  useEffect(() => {
    let scale = ''
    const paint = () => {
      const staked = feed.tick(outcome)?.stakes ?? 0
      const pool = feed.pool(market)
      const share = pool > 0 ? staked / pool : 0
      write(percent.current, pool > 0 ? `${Math.round(share * 100)}%` : '')
      write(stakes.current, shortFigure(staked, exponent))
      const next = `scaleX(${Math.min(1, share).toFixed(2)})`
      if (next !== scale && bar.current) bar.current.style.transform = scale = next
    }
    paint()
    // The share moves with the whole pool, so the market tells, not only the outcome.
    return feed.onMarket(market, paint)
  }, [feed, outcome, market, exponent])

  return (
    <>
      <span className={`num ${styles.percent}`} ref={percent} />
      <span className={`num ${styles.stakes}`} ref={stakes} />
      <span className={styles.bar} aria-hidden="true">
        <span ref={bar} />
      </span>
    </>
  )
}
