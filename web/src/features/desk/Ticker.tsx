/** The bets as they come in, newest first, for the side of a room: it starts with the last ones there were. */

import type { Structure } from '@/feed/board'
import { Failure } from '@/shared/ui/Note'
import { ShortBet } from './BetLine'
import styles from './bets.module.css'
import { useBetFeed } from './useBetFeed'

const ROWS = 30

export function Ticker({ structure }: { structure: Structure }) {
  const { rows, error, isPending } = useBetFeed({ structure, rows: ROWS })
  return (
    <section className={styles.ticker} aria-labelledby="ticker">
      <h2 id="ticker">Bets as they come in</h2>
      <Failure error={error} />
      {isPending && <p className={styles.none}>Loading the last bets…</p>}
      {!isPending && rows.length === 0 && <p className={styles.none}>Waiting for the first bet.</p>}
      <ol data-testid="ticker">
        {rows.slice(0, ROWS).map((bet) => (
          <ShortBet key={bet.id} bet={bet} structure={structure} />
        ))}
      </ol>
    </section>
  )
}
