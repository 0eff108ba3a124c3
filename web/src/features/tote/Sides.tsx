/** Two or three outcomes side by side, the odds as large as they go, and the tug of war below. */

import type { CSSProperties } from 'react'
import { Odds } from '@/feed/cells'
import type { MarketOnBoard, OutcomeOnBoard, TournamentOnBoard } from '@/feed/messages'
import type { Phase } from '@/feed/phase'
import type { OddsFormat } from '@/shared/odds'
import { formatOdds, parseOdds } from '@/shared/odds'
import { Icon } from '@/shared/ui/Icon'
import { Percent, Staked, Tug } from './cells'
import styles from './Sides.module.css'
import type { Dividends } from './useDividends'

interface Props {
  market: MarketOnBoard
  tournament: TournamentOnBoard
  phase: Phase
  dividends: Dividends
  format: OddsFormat
}

/** Whether the result is known, and what of it this outcome is. */
export function outcomeState(market: MarketOnBoard, outcome: OutcomeOnBoard, phase: Phase) {
  if (outcome.withdrawn) return 'withdrawn'
  if (phase !== 'resulted' && phase !== 'settled') return undefined
  return market.result?.winners.includes(outcome.id) ? 'won' : 'lost'
}

/** What a winner pays by the settlement itself; until it is known, the odds it closed at. */
export function Price({
  outcome,
  dividends,
  format,
}: {
  outcome: OutcomeOnBoard
  dividends: Dividends
  format: OddsFormat
}) {
  const dividend = dividends?.[outcome.id]
  if (outcome.withdrawn) return <span className={styles.out}>Withdrawn</span>
  if (dividend === undefined) return <Odds outcome={outcome.id} format={format} className={styles.odds} />
  const text = formatOdds(parseOdds(dividend), format)
  return (
    <span className={styles.odds} style={{ '--chars': text.length } as CSSProperties} data-testid="dividend">
      <span className="num">{text}</span>
    </span>
  )
}

function Side({ outcome, ...props }: Props & { outcome: OutcomeOnBoard }) {
  const { market, tournament, phase, dividends, format } = props
  const state = outcomeState(market, outcome, phase)
  return (
    <article className={styles.side} data-outcome-state={state} data-testid="side">
      <div className={styles.who}>
        <span className={`num ${styles.lane}`}>{outcome.lane_no}</span>
        <h2 dir="auto">{outcome.name}</h2>
        {state === 'won' && (
          <span className={styles.won}>
            <Icon name="check" className={styles.check} /> Won
          </span>
        )}
      </div>
      <div className={styles.price}>
        <Price outcome={outcome} dividends={dividends} format={format} />
      </div>
      <div className={styles.meta}>
        <Percent outcome={outcome.id} market={market.id} />
        <Staked
          outcome={outcome.id}
          market={market.id}
          currency={tournament.currency}
          exponent={tournament.exponent}
        />
      </div>
    </article>
  )
}

export function Sides(props: Props) {
  const { market } = props
  return (
    <div className={styles.sides} data-count={market.outcomes.length} data-format={props.format}>
      {market.outcomes.map((outcome) => (
        <Side key={outcome.id} outcome={outcome} {...props} />
      ))}
      <Tug market={market.id} outcomes={market.outcomes} />
    </div>
  )
}
