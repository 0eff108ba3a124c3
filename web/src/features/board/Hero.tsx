/** The head of the board: the total, how many bets, and the pulse. */

import { useState } from 'react'
import { BetCount, Total } from '@/feed/cells'
import { prefixOf, symbolOf } from '@/shared/money'
import { useNarrow } from '@/shared/prefs'
import styles from './Hero.module.css'
import { Pulse } from './Pulse'
import { PulseTable } from './PulseTable'

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
          <BetCount />
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
