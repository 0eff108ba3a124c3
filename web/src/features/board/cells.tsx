/** The cells that prices are written into: each subscribes to the store and writes its own text node. */

import { useEffect, useRef } from 'react'
import { useFeed } from '@/feed/useFeed'
import { wholeFigure } from '@/shared/money'
import { formatOdds, type OddsFormat } from '@/shared/odds'
import { write } from '@/shared/write'
import styles from './cells.module.css'

const FLASH_MS = 900
const FLASH_EVERY_MS = 1000
const ARROW_MS = 4000
const FLASH: Keyframe[] = [{ opacity: 1 }, { opacity: 0 }]

const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Odds with ▲ or ▼ for four seconds after a move, and a flash at most once a second. Never green or red. */
export function Odds({ outcome, format }: { outcome: number; format: OddsFormat }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  const arrow = useRef<HTMLSpanElement>(null)
  const flash = useRef<HTMLSpanElement>(null)

  useEffect(() => {
    let shown = feed.tick(outcome)?.odds ?? null
    let flashedAt = 0
    let arrowTimer: ReturnType<typeof setTimeout> | undefined
    write(text.current, formatOdds(shown, format))

    const off = feed.onOutcome(outcome, () => {
      const odds = feed.tick(outcome)?.odds ?? null
      if (odds === shown) return
      const before = shown
      shown = odds
      write(text.current, formatOdds(odds, format))
      if (before === null || odds === null) return
      write(arrow.current, odds > before ? '▲' : '▼')
      clearTimeout(arrowTimer)
      arrowTimer = setTimeout(() => write(arrow.current, ''), ARROW_MS)
      const now = performance.now()
      if (feed.isStorm() || isCalm() || now - flashedAt < FLASH_EVERY_MS) return
      flashedAt = now
      flash.current?.animate(FLASH, { duration: FLASH_MS, easing: 'cubic-bezier(.2,0,0,1)' })
    })
    return () => {
      off()
      clearTimeout(arrowTimer)
    }
  }, [feed, outcome, format])

  return (
    <span className={styles.odds}>
      <span ref={flash} className={styles.flash} />
      <span ref={arrow} className={styles.arrow} aria-hidden="true" />
      <span ref={text} className="num" data-testid="odds" />
    </span>
  )
}

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
      write(stakes.current, wholeFigure(staked, exponent))
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
