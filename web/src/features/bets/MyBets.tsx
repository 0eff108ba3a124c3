/** My latest bets, beside the board. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useReducer } from 'react'
import type { Bet } from '@/api/types'
import { isBetting } from '@/feed/phase'
import { useFeed, usePhases, useStructure } from '@/feed/useFeed'
import { betsQuery } from '@/shared/mine'
import { left } from '@/shared/time'
import { Failure } from '@/shared/ui/Note'
import { BetRow } from './BetRow'
import styles from './MyBets.module.css'

const SHOWN_BESIDE = 8

const CLOCK_MS = 30_000

/** What a pending bet waits for, as the board knows it. */
function useWaitingFor(bets: readonly Bet[]) {
  const feed = useFeed()
  const structure = useStructure()
  const [, again] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(again, CLOCK_MS)
    return () => clearInterval(timer)
  }, [])
  const marketOf = (bet: Bet) => structure?.markets.get(bet.market_id)
  const phaseOf = usePhases(bets.flatMap((bet) => marketOf(bet) ?? []))
  return (bet: Bet): string | undefined => {
    const market = marketOf(bet)
    if (bet.status !== 'pending' || !market) return undefined
    const phase = phaseOf(market)
    if (phase === 'suspended') return 'suspended'
    if (phase === 'early') return `opens in ${left((market.opens_at ?? 0) - feed.serverNow())}`
    if (!isBetting(phase)) return 'waiting for the result'
    return market.closes_at === null ? 'open' : `closes in ${left(market.closes_at - feed.serverNow())}`
  }
}

export function MyBets({ tournament }: { tournament: number }) {
  const { data: bets, error, isPending } = useQuery(betsQuery(tournament))
  const waitingFor = useWaitingFor(bets?.slice(0, SHOWN_BESIDE) ?? [])
  return (
    <section className={styles.mine} aria-labelledby="my-bets">
      <h2 id="my-bets">My bets</h2>
      {isPending && <p className={styles.none}>Loading your bets…</p>}
      <Failure error={error} />
      {bets?.length === 0 && (
        <p className={styles.none}>None yet. They show here from the moment they are placed.</p>
      )}
      <ul className={styles.beside}>
        {bets?.slice(0, SHOWN_BESIDE).map((bet) => (
          <BetRow key={bet.id} bet={bet} when={waitingFor(bet)} />
        ))}
      </ul>
      {bets && bets.length > SHOWN_BESIDE && (
        <Link to="/bets" search={{ tournament }} className={styles.rest}>
          All my bets
        </Link>
      )}
    </section>
  )
}
