/** One bet as the desk sees it: when, who, on what, how much. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Structure } from '@/feed/board'
import { money } from '@/shared/money'
import { formatOdds } from '@/shared/odds'
import { useOddsFormat } from '@/shared/prefs'
import { clockTime, shortTime } from '@/shared/time'
import { Icon, type IconName } from '@/shared/ui/Icon'
import type { Taken } from './betFeed'
import styles from './bets.module.css'

const DAY_MS = 86_400_000

const STATUS: Record<Taken['status'], { word: string; icon: IconName }> = {
  pending: { word: 'Pending', icon: 'clock' },
  won: { word: 'Won', icon: 'check' },
  lost: { word: 'Lost', icon: 'cross' },
  void: { word: 'Refunded', icon: 'back' },
  half: { word: 'Half', icon: 'back' },
}

/** What the board calls the outcome of a bet, and where it stands. */
export function namesOf(structure: Structure, bet: Taken) {
  const market = structure.markets.get(bet.market ?? structure.marketOf.get(bet.outcome) ?? -1)
  return {
    outcome: market?.outcomes.find(({ id }) => id === bet.outcome)?.name ?? `Outcome ${bet.outcome}`,
    market: market?.name ?? '',
    match: structure.matches.get(market?.match_id ?? -1)?.name ?? '',
  }
}

interface Props {
  bet: Taken
  structure: Structure
  /** The bettor's name, as a link where there is somewhere to go. */
  bettor?: ReactNode
}

/** For the aside: two lines, whatever the names are. */
export function ShortBet({ bet, structure }: Props) {
  const format = useOddsFormat()
  const names = namesOf(structure, bet)
  return (
    <li className={styles.short}>
      <span className="num">{clockTime(bet.at)}</span>
      <b className="num">{money(bet.stake, structure.tournament)}</b>
      <bdi>{names.outcome}</bdi>
      <span className="num">{formatOdds(bet.odds, format)}</span>
      <small>
        <bdi>{bet.bettor}</bdi>, <bdi>{names.match}</bdi>
      </small>
    </li>
  )
}

export function BetLine({ bet, structure, bettor }: Props) {
  const format = useOddsFormat()
  const names = namesOf(structure, bet)
  const { word, icon } = STATUS[bet.status]
  const { tournament } = structure
  const isToday = Date.now() - bet.at < DAY_MS
  return (
    <li className={styles.line} data-testid="taken-bet" data-bet={bet.id}>
      <span className={`num ${styles.at}`}>
        {isToday ? clockTime(bet.at) : shortTime(bet.at, Date.now())}
      </span>
      <span className={styles.who}>{bettor}</span>
      <span className={styles.what}>
        <bdi>{names.outcome}</bdi>
        <small>
          <bdi>{names.match}</bdi>, <bdi>{names.market}</bdi>
        </small>
      </span>
      <b className={`num ${styles.stake}`}>
        <Link to="/bets/$id" params={{ id: bet.id }} preload={false} title="The whole life of this bet">
          {money(bet.stake, tournament)}
        </Link>
      </b>
      <span className={`num ${styles.odds}`}>{formatOdds(bet.odds, format)}</span>
      <span className={styles.status} data-status={bet.status}>
        <Icon name={icon} /> {word}
        {bet.payout !== null && bet.payout > 0 && (
          <span className="num"> {money(bet.payout, tournament)}</span>
        )}
      </span>
    </li>
  )
}
