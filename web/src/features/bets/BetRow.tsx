/** A bet in a list: what on, for how much, what became of it. Leads to its receipt. */

import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Bet } from '@/api/types'
import { money } from '@/shared/money'
import { formatOdds, parseOdds } from '@/shared/odds'
import { useOddsFormat } from '@/shared/prefs'
import { Icon } from '@/shared/ui/Icon'
import styles from './MyBets.module.css'
import { lastWords, outcomeWords, SIGNS } from './words'

/** `when` is the small print at the end: when it was placed or settled, unless there is something better to say. */
export const BetRow = memo(function BetRow({ bet, when }: { bet: Bet; when?: string }) {
  const format = useOddsFormat()
  return (
    <li data-testid="my-bet" data-status={bet.status} data-bet={bet.id}>
      <Link to="/bets/$id" params={{ id: bet.id }} className={styles.bet} preload={false}>
        <span className={styles.badge}>
          <Icon name={SIGNS[bet.status]} className={styles.sign} />
        </span>
        <span className={styles.what}>
          <b dir="auto">{bet.outcome}</b>
          <small>
            <span className="num">{money(bet.stake, bet)}</span>, <bdi>{bet.market}</bdi>,{' '}
            <bdi>{bet.match}</bdi>
          </small>
        </span>
        <span className={styles.how}>
          <b className="num">{outcomeWords(bet)}</b>
          <small className="num">
            {bet.status === 'pending' &&
              bet.kind === 'fixed' &&
              `at ${formatOdds(parseOdds(bet.odds), format)}, `}
            {when ?? lastWords(bet, Date.now())}
          </small>
        </span>
      </Link>
    </li>
  )
})
