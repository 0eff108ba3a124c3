/** The cells that only the wall has: what share of a market an outcome holds, in figures and as a bar. */

import { type RefObject, useEffect, useRef } from 'react'
import type { OutcomeOnBoard } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { prefixOf, totalFigure } from '@/shared/money'
import { plural } from '@/shared/plural'
import { write } from '@/shared/write'
import styles from './cells.module.css'

interface Of {
  outcome: number
  market: number
}

/** Paints now and whenever the market's stakes change: a share moves with the whole pool. */
function useShare({ outcome, market }: Of, paint: (staked: number, pool: number) => void) {
  const feed = useFeed()
  const latest = useRef(paint)
  latest.current = paint
  useEffect(() => {
    const tell = () => latest.current(feed.tick(outcome)?.stakes ?? 0, feed.pool(market))
    tell()
    return feed.onMarket(market, tell)
  }, [feed, outcome, market])
}

export function Percent(of: Of) {
  const text = useRef<HTMLElement>(null)
  useShare(of, (staked, pool) => write(text.current, pool > 0 ? `${Math.round((staked / pool) * 100)}%` : ''))
  return <b className="num" ref={text} data-testid="percent" />
}

export function Staked({ currency, exponent, ...of }: Of & { currency: string; exponent: number }) {
  const text = useRef<HTMLSpanElement>(null)
  useShare(of, (staked) => write(text.current, prefixOf(currency) + totalFigure(staked, exponent)))
  return <span className="num" ref={text} data-testid="staked" />
}

/** "14 bets": how many stand on a market. */
export function MarketBets({ market, outcomes }: { market: number; outcomes: OutcomeOnBoard[] }) {
  const feed = useFeed()
  const text = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const paint = () => {
      const bets = outcomes.reduce((sum, outcome) => sum + (feed.tick(outcome.id)?.bets ?? 0), 0)
      write(text.current, plural(bets, 'bet'))
    }
    paint()
    return feed.onMarket(market, paint)
  }, [feed, market, outcomes])
  return <span className="num" ref={text} data-testid="market-bets" />
}

function part(bar: RefObject<HTMLElement | null>, staked: number) {
  if (bar.current) bar.current.style.flexGrow = String(staked)
}

function Part(of: Of) {
  const bar = useRef<HTMLSpanElement>(null)
  useShare(of, (staked) => part(bar, staked))
  return <span ref={bar} />
}

/** The tug of war: one bar, as much of it as is staked on each. */
export function Tug({ market, outcomes }: { market: number; outcomes: OutcomeOnBoard[] }) {
  return (
    <div className={styles.tug} aria-hidden="true">
      {outcomes.map((outcome) => (
        <Part key={outcome.id} outcome={outcome.id} market={market} />
      ))}
    </div>
  )
}

/** The share of one among many, as a line under its row. */
export function ShareLine(of: Of) {
  const line = useRef<HTMLSpanElement>(null)
  useShare(of, (staked, pool) => {
    if (line.current) line.current.style.transform = `scaleX(${pool > 0 ? (staked / pool).toFixed(3) : 0})`
  })
  return (
    <span className={styles.line} aria-hidden="true">
      <span ref={line} />
    </span>
  )
}
