/** The money of the wall: the total, or the final pool of what has closed; the pulse by side; the latest bets. */

import type { Structure } from '@/feed/board'
import { BetCount, PoolTotal, Total } from '@/feed/cells'
import type { MarketOnBoard } from '@/feed/messages'
import { type Phase, takesBets } from '@/feed/phase'
import { symbolOf } from '@/shared/money'
import { MarketBets } from './cells'
import styles from './Money.module.css'
import { SidePulse } from './SidePulse'
import { Tape } from './Tape'

interface Props {
  structure: Structure
  market: MarketOnBoard | null
  phase: Phase | null
  /** What the grey of the pulse is. */
  others: string
}

export function Money({ structure, market, phase, others }: Props) {
  const { currency, exponent } = structure.tournament
  const isFrozen = market !== null && (phase === null || !takesBets(phase))
  // Past its time a bet may still be on its way in, until the market is closed.
  const isFinal = isFrozen && market.status !== 'open' && market.status !== 'suspended'
  const pool = market?.kind === 'pool' ? (isFinal ? 'Final pool' : 'Total in pool') : 'Total staked'
  return (
    <section className={styles.money} data-frozen={isFrozen || undefined} aria-label="Money bet">
      <div className={styles.total} data-testid={isFrozen ? 'final-pool' : undefined}>
        <span>{isFrozen ? pool : 'Total bet'}</span>
        <span className={styles.amount}>
          <i>{symbolOf(currency)}</i>
          {isFrozen ? (
            <PoolTotal market={market.id} exponent={exponent} prefix="" />
          ) : (
            <Total exponent={exponent} />
          )}
        </span>
        <span>{isFrozen ? <MarketBets market={market.id} outcomes={market.outcomes} /> : <BetCount />}</span>
      </div>
      <SidePulse market={market} currency={structure.tournament} others={others} />
      <Tape structure={structure} />
    </section>
  )
}
