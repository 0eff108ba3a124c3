import { type Currency, money } from '@/shared/money'
import { formatOdds, type OddsMilli } from '@/shared/odds'
import styles from './Margin.module.css'
import { EXAMPLE_OF_A_POOL, smallestPaid } from './smallest'

interface Props {
  kind: string
  /** In minor units; null while what is typed is no amount. */
  stakeMin: number | null
  odds: ReadonlyArray<OddsMilli | null>
  currency: Currency
}

/** What the smallest stake would be paid, and what rounding takes of it. */
export function SmallestStake({ kind, stakeMin, odds, currency }: Props) {
  const isPool = kind === 'pool'
  const found = stakeMin && smallestPaid(stakeMin, isPool ? [EXAMPLE_OF_A_POOL] : odds, currency.exponent)
  if (!found) return null
  return (
    <p className={styles.margin} data-testid="smallest-stake">
      <span>
        The smallest stake, {money(found.stake, currency)},{' '}
        {isPool
          ? `would be paid at odds of ${formatOdds(found.odds)}, for example`
          : `is paid at ${formatOdds(found.odds)}`}
        : <span className="num">{money(found.pays, currency)}</span>.
        {found.roundedFrom !== null &&
          ` Rounded down from ${found.roundedFrom}: a larger smallest stake loses less to rounding.`}
      </span>
    </p>
  )
}
