/** Many outcomes as a ranked list: favourites first, as many as can be read, and how many more there are. */

import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { Odds } from '@/feed/cells'
import type { MarketOnBoard } from '@/feed/messages'
import type { Phase } from '@/feed/phase'
import { useFeed } from '@/feed/useFeed'
import type { OddsFormat } from '@/shared/odds'
import { formatOdds, parseOdds } from '@/shared/odds'
import { Icon } from '@/shared/ui/Icon'
import { ShareLine } from './cells'
import styles from './Ranked.module.css'
import { outcomeState } from './Sides'
import { ranked } from './scene'
import type { Dividends } from './useDividends'
import { useFit } from './useFit'

/** So few rows that each has room for a name in two lines. */
const TALL_MAX = 9

/** Rows change places no more often than this: one who reads a list must not lose the line. */
const RANK_EVERY_MS = 5000

function useRanking(market: MarketOnBoard): MarketOnBoard['outcomes'] {
  const feed = useFeed()
  const [order, setOrder] = useState(() => ranked(market, (id) => feed.tick(id)?.odds ?? null))
  useEffect(() => {
    const rank = () => {
      const next = ranked(market, (id) => feed.tick(id)?.odds ?? null)
      setOrder((now) => (now.every((one, i) => one === next[i]) && now.length === next.length ? now : next))
    }
    rank()
    const timer = setInterval(rank, RANK_EVERY_MS)
    return () => clearInterval(timer)
  }, [feed, market])
  return order
}

interface Props {
  market: MarketOnBoard
  phase: Phase
  dividends: Dividends
  format: OddsFormat
  /** In their own order where all of them fit, as in a race card. */
  isField?: boolean
}

export function Ranked({ market, phase, dividends, format, isField = false }: Props) {
  const list = useRef<HTMLOListElement>(null)
  const { rows: fit, columns } = useFit(list)
  const order = useRanking(market)
  const winners = order.filter((outcome) => outcomeState(market, outcome, phase) === 'won')
  const isAll = order.length <= fit
  // What is said of the others takes the place of the last row.
  const shown = [...winners, ...order.filter((outcome) => !winners.includes(outcome))].slice(
    0,
    isAll ? fit : fit - 1,
  )
  if (isField && isAll) shown.sort((a, b) => a.lane_no - b.lane_no)
  const lines = Math.ceil((shown.length + (isAll ? 0 : 1)) / columns)
  return (
    <ol
      className={styles.list}
      ref={list}
      style={{ '--count': order.length, '--lines': lines } as CSSProperties}
      data-field={isField || undefined}
      data-tall={(!isField && order.length <= TALL_MAX) || undefined}
      data-testid="ranked"
    >
      {shown.map((outcome) => {
        const state = outcomeState(market, outcome, phase)
        const dividend = dividends?.[outcome.id]
        return (
          <li key={outcome.id} data-outcome-state={state}>
            <span className={`num ${styles.lane}`}>{outcome.lane_no}</span>
            <span className={styles.name} dir="auto">
              {outcome.name}
            </span>
            {state === 'won' && (
              <span className={styles.won}>
                <Icon name="check" className={styles.check} /> Won
              </span>
            )}
            {dividend === undefined ? (
              <Odds outcome={outcome.id} format={format} className={styles.odds} />
            ) : (
              <span className={`num ${styles.odds}`} data-testid="dividend">
                {formatOdds(parseOdds(dividend), format)}
              </span>
            )}
            {!isField && <ShareLine outcome={outcome.id} market={market.id} />}
          </li>
        )
      })}
      {!isAll && <li className={styles.more}>and {order.length - shown.length} more</li>}
    </ol>
  )
}
