import type { Market } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import styles from './Book.module.css'
import { riskOf } from './risk'

interface Props {
  market: Market
  currency: Currency
  /** What the house pays more than it holds; null in a pool, or while it is not known. */
  liability: number | null
  pool: number
  stakes: number
}

/** What the house wins or loses if this outcome wins, and how near that is to what it may risk. */
export function Risk({ market, currency, liability, pool, stakes }: Props) {
  if (market.kind === 'pool') {
    const keeps = stakes > 0 ? Math.floor((pool * market.takeout_bps) / 10_000) : 0
    return (
      <span className={styles.risk}>
        <span className="num">{stakes > 0 ? `keeps ${money(keeps, currency)}` : 'refunds everybody'}</span>
      </span>
    )
  }
  if (liability === null) return <span className={styles.risk}>…</span>
  const { level, percent } = riskOf(liability, market.liability_max)
  return (
    <span className={styles.risk} data-level={level} data-testid="risk">
      <span className="num">
        {liability > 0 ? `loses ${money(liability, currency)}` : `wins ${money(-liability, currency)}`}
      </span>
      {percent !== null && (
        <>
          <i aria-hidden="true">
            <i style={{ width: `${Math.min(100, percent)}%` }} />
          </i>
          <small className="num">
            {level === 'full' ? 'At the limit of ' : `${percent} % of `}
            {money(market.liability_max ?? 0, currency)}
          </small>
        </>
      )}
    </span>
  )
}
