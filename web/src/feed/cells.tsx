/** Cells that more than one feature shows: each subscribes to the store and writes its own text node. */

import { useEffect, useRef } from 'react'
import { totalFigure, wholeFigure } from '@/shared/money'
import { formatOdds, type OddsFormat } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { left } from '@/shared/time'
import { write } from '@/shared/write'
import styles from './cells.module.css'
import { useFeed } from './useFeed'

const SOON_MS = 5 * 60_000
const FLASH_MS = 900
const FLASH_EVERY_MS = 1000
const ARROW_MS = 4000
const FLASH: Keyframe[] = [{ opacity: 1 }, { opacity: 0 }]

const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

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
    const paint = () => write(text.current, prefix + totalFigure(feed.pool(market), exponent))
    paint()
    return feed.onMarket(market, paint)
  }, [feed, market, exponent, prefix])
  return <span className="num" ref={text} data-testid="pool-total" />
}

/** What is left until a time, on the server's clock. Amber in the last five minutes. */
export function Countdown({ until }: { until: number }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => {
      const ms = until - feed.serverNow()
      write(text.current, left(ms))
      if (text.current) text.current.dataset.soon = String(ms < SOON_MS)
    }
    paint()
    return feed.onSecond(paint)
  }, [feed, until])
  return <span className={`num ${styles.countdown}`} ref={text} />
}

/** Odds with ▲ or ▼ for four seconds after a move, and a flash at most once a second. Never green or red. */
export function Odds({
  outcome,
  format,
  className = '',
}: {
  outcome: number
  format: OddsFormat
  className?: string
}) {
  const feed = useFeed()
  const cell = useRef<HTMLSpanElement>(null)
  const text = useRef<HTMLSpanElement>(null)
  const arrow = useRef<HTMLSpanElement>(null)
  const flash = useRef<HTMLSpanElement>(null)

  useEffect(() => {
    let shown = feed.tick(outcome)?.odds ?? null
    let flashedAt = 0
    let arrowTimer: ReturnType<typeof setTimeout> | undefined
    let chars = 0
    const show = () => {
      const said = formatOdds(shown, format)
      write(text.current, said)
      cell.current?.toggleAttribute('data-none', shown === null)
      if (said.length === chars) return
      chars = said.length
      // So that a place can size its odds by how long they are.
      cell.current?.style.setProperty('--chars', String(chars))
    }
    show()

    const off = feed.onOutcome(outcome, () => {
      const odds = feed.tick(outcome)?.odds ?? null
      if (odds === shown) return
      const before = shown
      shown = odds
      show()
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
    <span ref={cell} className={`${styles.odds} ${className}`}>
      <span ref={flash} className={styles.flash} />
      <span ref={arrow} className={styles.arrow} aria-hidden="true" />
      <span ref={text} className="num" data-testid="odds" />
    </span>
  )
}

/** Rolls towards its target over some frames; snaps where motion is reduced. */
export function Total({ exponent }: { exponent: number }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const target = () => feed.board()?.total ?? 0
    const calm = matchMedia('(prefers-reduced-motion: reduce)')
    let shown = target()
    let frame = 0
    // On its way it rolls in whole units.
    const draw = () =>
      write(text.current, shown === target() ? totalFigure(shown, exponent) : wholeFigure(shown, exponent))
    const step = () => {
      const away = target() - shown
      shown = calm.matches || Math.abs(away) < 10 ** exponent ? target() : shown + away * 0.18
      draw()
      frame = shown === target() ? 0 : requestAnimationFrame(step)
    }
    draw()
    const off = feed.onBook(() => {
      if (frame === 0 && shown !== target()) frame = requestAnimationFrame(step)
    })
    return () => {
      off()
      cancelAnimationFrame(frame)
    }
  }, [feed, exponent])
  return <span className="num" ref={text} data-testid="total" />
}

/** "14 bets": how many the tournament has taken. */
export function BetCount() {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => write(text.current, plural(feed.board()?.bets ?? 0, 'bet'))
    paint()
    return feed.onBook(paint)
  }, [feed])
  return <span className="num" ref={text} data-testid="bet-count" />
}
