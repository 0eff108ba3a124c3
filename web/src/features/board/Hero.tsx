/** The head of the board: the total, how many bets, and the pulse. */

import { useEffect, useRef, useState } from 'react'
import { useFeed } from '@/feed/useFeed'
import { prefixOf, symbolOf, wholeFigure } from '@/shared/money'
import { useNarrow } from '@/shared/prefs'
import { write } from '@/shared/write'
import styles from './Hero.module.css'
import { Pulse } from './Pulse'
import { PulseTable } from './PulseTable'

/** Rolls towards its target over some frames; snaps where motion is reduced. */
function Total({ exponent }: { exponent: number }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const target = () => feed.board()?.total ?? 0
    const calm = matchMedia('(prefers-reduced-motion: reduce)')
    let shown = target()
    let frame = 0
    const draw = () => write(text.current, wholeFigure(shown, exponent))
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

function BetCount() {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => write(text.current, wholeFigure(feed.board()?.bets ?? 0, 0))
    paint()
    return feed.onBook(paint)
  }, [feed])
  return <span className="num" ref={text} data-testid="bet-count" />
}

export function Hero({ currency, exponent }: { currency: string; exponent: number }) {
  const isNarrow = useNarrow()
  const [isTable, setTable] = useState(false)
  return (
    <section className={styles.hero} aria-label="Betting volume">
      <div className={styles.total}>
        <span className={styles.label}>Total bet</span>
        <span className={styles.amount}>
          <i>{symbolOf(currency)}</i>
          <Total exponent={exponent} />
        </span>
        <span className={styles.label}>
          <BetCount /> bets
        </span>
      </div>
      <div className={styles.chart}>
        <p className={styles.caption}>
          <span>Money in, per second</span>
          <button
            type="button"
            className={styles.asTable}
            onClick={() => setTable(!isTable)}
            aria-expanded={isTable}
          >
            {isTable ? 'As a graph' : 'As a table'}
          </button>
          <span className={styles.key}>running total</span>
        </p>
        {isTable ? (
          <PulseTable currency={currency} exponent={exponent} />
        ) : (
          <Pulse
            height={isNarrow ? 70 : 118}
            seconds={isNarrow ? 60 : 120}
            prefix={prefixOf(currency)}
            exponent={exponent}
          />
        )}
      </div>
    </section>
  )
}
