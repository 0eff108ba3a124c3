/** My bets: beside the board the latest, on their own page all that are kept at hand. */

import { useQuery } from '@tanstack/react-query'
import { useEffect, useReducer } from 'react'
import type { Bet } from '@/api/types'
import { useFeed, useStructure } from '@/feed/useFeed'
import { betsQuery } from '@/shared/mine'
import { money } from '@/shared/money'
import { formatOdds, parseOdds } from '@/shared/odds'
import { useOddsFormat } from '@/shared/prefs'
import { left, shortTime } from '@/shared/time'
import { Icon, type IconName } from '@/shared/ui/Icon'
import { Failure } from '@/shared/ui/Note'
import styles from './MyBets.module.css'

const SHOWN_BESIDE = 8

const SIGNS: Record<Bet['status'], IconName> = {
  pending: 'clock',
  won: 'check',
  lost: 'cross',
  void: 'back',
  half: 'check',
}

/** "Won €38.40": the word, and the money that goes with it. */
export function outcomeWords(bet: Bet): string {
  switch (bet.status) {
    case 'pending':
      return 'Pending'
    case 'won':
      return `Won ${money(bet.payout ?? 0, bet)}`
    case 'lost':
      return `Lost ${money(bet.stake, bet)}`
    case 'void':
      return `Void, ${money(bet.payout ?? bet.stake, bet)} back`
    case 'half':
      return `Half, ${money(bet.payout ?? 0, bet)} back`
  }
}

/** `when` is the small print at the end: when it was placed, unless there is something better to say. */
export function BetRow({ bet, when }: { bet: Bet; when?: string }) {
  const format = useOddsFormat()
  return (
    <li className={styles.bet} data-status={bet.status} data-bet={bet.id} data-testid="my-bet">
      <span className={styles.badge}>
        <Icon name={SIGNS[bet.status]} className={styles.sign} />
      </span>
      <span className={styles.what}>
        <b>{bet.outcome}</b>
        <small>
          {bet.match}, <span className="num">{money(bet.stake, bet)}</span>
        </small>
      </span>
      <span className={styles.how}>
        <b className="num">{outcomeWords(bet)}</b>
        <small className="num">
          {bet.status === 'pending' &&
            bet.kind === 'fixed' &&
            `at ${formatOdds(parseOdds(bet.odds), format)}, `}
          {when ?? `placed ${shortTime(bet.placed_at, Date.now())}`}
        </small>
      </span>
    </li>
  )
}

const CLOCK_MS = 30_000

/** What a pending bet waits for, as the board knows it. */
function useWaitingFor() {
  const feed = useFeed()
  const structure = useStructure()
  const [, again] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(again, CLOCK_MS)
    return () => clearInterval(timer)
  }, [])
  return (bet: Bet): string | undefined => {
    const market = structure?.markets.get(bet.market_id)
    if (bet.status !== 'pending' || !market) return undefined
    const ms = (market.closes_at ?? 0) - feed.serverNow()
    if (market.status === 'suspended') return 'suspended'
    if (market.status !== 'open' || ms <= 0)
      return market.closes_at === null ? 'open' : 'waiting for the result'
    return `closes in ${left(ms)}`
  }
}

export function MyBets({ tournament }: { tournament: number }) {
  const { data: bets, error, isPending } = useQuery(betsQuery(tournament))
  const waitingFor = useWaitingFor()
  return (
    <section className={styles.mine} aria-labelledby="my-bets">
      <h2 id="my-bets">My bets</h2>
      {isPending && <p className={styles.none}>Loading your bets…</p>}
      <Failure error={error} />
      {bets?.length === 0 && (
        <p className={styles.none}>None yet. They show here from the moment they are placed.</p>
      )}
      <ul aria-live="polite">
        {bets?.slice(0, SHOWN_BESIDE).map((bet) => (
          <BetRow key={bet.id} bet={bet} when={waitingFor(bet)} />
        ))}
      </ul>
    </section>
  )
}
