/** The pulse by side: a stacked bar a second, on one canvas; labels are text, so that they grow with the screen. */

import { useEffect, useMemo, useRef, useState } from 'react'
import type { MarketOnBoard } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { type Currency, wholeMoney } from '@/shared/money'
import { write } from '@/shared/write'
import { drawBars } from './drawBars'
import styles from './Money.module.css'
import { type Side, sidePulse, sidesOf, topOf } from './sides'

const SECONDS = 90
const LABELS = [-75, -60, -45, -30, -15, 0]
const REDRAW_MS = 250
/** The sentence for those who listen is renewed this often; it is no live region. */
const SAY_MS = 5_000

interface Props {
  market: MarketOnBoard | null
  currency: Currency
  /** What the grey of the bars is: other matches, or other bets where this match has more markets. */
  others: string
}

/** "Money in over the last 90 seconds: €1,200 on Amara Okafor, €400 on other matches." */
function sentence(sums: number[], sides: readonly Side[], others: string, currency: Currency): string {
  const parts = [...sides.map((side) => side.name), others].map(
    (name, i) => `${wholeMoney(sums[i] ?? 0, currency)} on ${name}`,
  )
  return `Money in over the last ${SECONDS} seconds: ${parts.join(', ')}.`
}

export function SidePulse({ market, currency, others }: Props) {
  const feed = useFeed()
  const canvas = useRef<HTMLCanvasElement>(null)
  const top = useRef<HTMLSpanElement>(null)
  const sides = useMemo(() => sidesOf(market), [market])
  const [said, setSaid] = useState('')
  const { currency: code, exponent } = currency

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const money = { currency: code, exponent }
    const look = () => sidePulse(feed.board()?.pulse ?? [], sides, feed.serverNow(), SECONDS)
    const draw = () => {
      const { bars, peak } = look()
      const line = topOf(peak, exponent)
      write(top.current, wholeMoney(line, money))
      drawBars(element, bars, line)
    }
    const say = () => setSaid(sentence(look().sums, sides, others, money))
    let drawn = feed.board()?.pulse
    let drawnAt = 0
    const redraw = () => {
      drawn = feed.board()?.pulse
      drawnAt = performance.now()
      draw()
    }
    redraw()
    say()
    const offBook = feed.onBook(() => {
      if (feed.board()?.pulse !== drawn && performance.now() - drawnAt > REDRAW_MS) redraw()
    })
    // While nothing is heard nothing is known: the graph stands still rather than draw seconds without money.
    const offSecond = feed.onSecond(() => {
      if (feed.link().phase === 'live') redraw()
    })
    const saying = setInterval(say, SAY_MS)
    const resize = new ResizeObserver(draw)
    resize.observe(element)
    return () => {
      offBook()
      offSecond()
      clearInterval(saying)
      resize.disconnect()
    }
  }, [feed, sides, others, code, exponent])

  return (
    <div className={styles.graph}>
      <ul className={styles.legend} aria-hidden="true">
        {sides.map((side) => (
          <li key={side.name + side.outcomes[0]}>
            <i />
            <span dir="auto">{side.name}</span>
          </li>
        ))}
        <li data-others>
          <i />
          {others}
        </li>
      </ul>
      <div className={styles.plot} role="img" aria-label={said} data-testid="side-pulse">
        <span className={styles.bars}>
          <canvas ref={canvas} />
          {LABELS.map((at) => (
            <i key={at} style={{ left: `${((at + SECONDS - 0.5) / SECONDS) * 100}%` }}>
              {at === 0 ? 'now' : `−${-at}s`}
            </i>
          ))}
        </span>
        <span className={`num ${styles.top}`} ref={top} />
      </div>
    </div>
  )
}
