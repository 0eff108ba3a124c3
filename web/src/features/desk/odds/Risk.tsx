import type { Exposure, Market } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import styles from './Book.module.css'
import { riskOf } from './risk'

/** What would be is of no use any more. */
const DECIDED: ReadonlySet<string> = new Set(['settling', 'settled', 'voiding', 'void'])

interface Props {
  market: Market
  currency: Currency
  /** Absent while it is not known. */
  exposure: Exposure | undefined
  isWithdrawn: boolean
}

/** What the house wins or loses if this outcome wins, and how near that is to what it may risk. */
export function Risk({ market, currency, exposure, isWithdrawn }: Props) {
  if (isWithdrawn || DECIDED.has(market.status)) return <span className={styles.risk}>–</span>
  if (!exposure) return <span className={styles.risk}>…</span>
  if (market.kind === 'pool') {
    const { house_result: result } = exposure
    return (
      <span className={styles.risk}>
        <span className="num">
          {exposure.stakes === 0 && result === 0
            ? 'refunds everybody'
            : result < 0
              ? `adds ${money(-result, currency)}`
              : `keeps ${money(result, currency)}`}
        </span>
      </span>
    )
  }
  const liability = exposure.liability ?? 0
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
