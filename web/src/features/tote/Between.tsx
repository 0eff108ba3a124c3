/** The wall while there is nothing to bet on: what comes next, that all is over, or that nothing is there yet. */

import { BetCount, Total } from '@/feed/cells'
import type { MatchOnBoard, TournamentOnBoard } from '@/feed/messages'
import { symbolOf } from '@/shared/money'
import { shortTime } from '@/shared/time'
import styles from './Between.module.css'

export function NothingYet() {
  return (
    <div className={styles.between} data-testid="empty">
      <p className={styles.large}>No matches yet</p>
      <p>They show here as soon as the organizer adds one.</p>
    </div>
  )
}

interface Props {
  next: MatchOnBoard | undefined
  tournament: TournamentOnBoard
  now: number
}

export function Between({ next, tournament, now }: Props) {
  if (next) {
    return (
      <div className={styles.between} data-testid="next">
        <p>Next match</p>
        <h2 className={styles.large} dir="auto">
          {next.name}
        </h2>
        <p>
          {next.starts_at !== null && next.starts_at > now
            ? `Starts at ${shortTime(next.starts_at, now)}. Betting has not opened yet.`
            : 'Betting has not opened yet.'}
        </p>
      </div>
    )
  }
  return (
    <div className={styles.between} data-testid="over">
      <p>All betting is over. Final total</p>
      <p className={styles.total}>
        <i>{symbolOf(tournament.currency)}</i>
        <Total exponent={tournament.exponent} />
      </p>
      <p>
        <BetCount />
      </p>
    </div>
  )
}
