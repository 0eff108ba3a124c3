/** A settlement while it is being paid, and what it was once it is. Found again after a reload. */

import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { api, must } from '@/api/client'
import type { Settlement } from '@/api/types'
import type { MarketOnBoard, PersonalMessage } from '@/feed/messages'
import { usePersonal } from '@/feed/useFeed'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { shortTime } from '@/shared/time'
import { within } from '@/shared/words'
import styles from './results.module.css'

const SUMS = [
  'carried_in',
  'house_added',
  'paid',
  'refunds',
  'takeout',
  'breakage',
  'house_won',
  'carried_out',
] as const
type SumName = (typeof SUMS)[number]

/** The feed tells of progress at once; this is for what was missed. */
const ASK_AGAIN_MS = 3000

const historyOf = (market: number) =>
  must(api.GET('/api/market/{market_id}/settlement', { params: { path: { market_id: market } } }))

export function SettlingProgress({ market }: { market: number }) {
  const [heard, setHeard] = useState<{ done: number; bets: number } | null>(null)
  const asked = useQuery({
    queryKey: ['settlement', market, 'progress'],
    queryFn: () => historyOf(market),
    refetchInterval: ASK_AGAIN_MS,
    staleTime: 0,
  })
  usePersonal(
    useCallback(
      (message: PersonalMessage) => {
        if (message.t !== 'settling' || message.market_id !== market) return
        setHeard({ done: message.bets_done, bets: message.bets })
      },
      [market],
    ),
  )
  const last = asked.data?.items[0]
  const bets = heard?.bets ?? last?.bets ?? 0
  const done = Math.max(heard?.done ?? 0, last?.bets_done ?? 0)
  return (
    <div className={styles.progress} role="status">
      <progress value={bets ? done : undefined} max={bets || undefined} aria-label="Bets settled" />
      <span className="num">{bets ? `${done} of ${plural(bets, 'bet')}` : 'Starting'}</span>
    </div>
  )
}

/** The sums of a settlement as far as there are any: with what was staked they add up to the result of the house. */
function sumsOf(settlement: Settlement): Array<[name: SumName, amount: number]> {
  return SUMS.map((name): [SumName, number] => [name, settlement[name]]).filter(
    ([name, amount]) => amount > 0 || name === 'paid',
  )
}

export function Settled({ market, currency }: { market: MarketOnBoard; currency: Currency }) {
  const { data } = useQuery({
    queryKey: ['settlement', market.id, market.version],
    queryFn: () => historyOf(market.id),
  })
  const winners = market.outcomes.filter((outcome) => market.result?.winners.includes(outcome.id))
  const last = data?.items[0]
  return (
    <p className={styles.settled} data-testid="settled">
      <b>
        {market.status === 'void' ? (
          'Void, all stakes refunded'
        ) : (
          <>
            Won: <bdi>{winners.map(({ name }) => name).join(', ') || 'no listed outcome'}</bdi>
          </>
        )}
      </b>
      {last && (
        <span className="num">
          {plural(last.bets, 'bet')}, {within('stakes')} {money(last.gross + last.refunds, currency)},{' '}
          {sumsOf(last)
            .map(([name, amount]) => `${within(name)} ${money(amount, currency)}, `)
            .join('')}
          {within('house_result')} {money(last.house_result, currency)},{' '}
          {shortTime(last.finished_at ?? last.decided_at, Date.now())}
          {last.version > 1 && `, corrected ${plural(last.version - 1, 'time')}`}
        </span>
      )}
    </p>
  )
}
