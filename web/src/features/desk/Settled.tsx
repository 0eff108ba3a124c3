/** A settlement while it is being paid, and what it was once it is. */

import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard, PersonalMessage } from '@/feed/messages'
import { usePersonal } from '@/feed/useFeed'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { shortTime } from '@/shared/time'
import styles from './MarketRow.module.css'

export function SettlingProgress({ market }: { market: number }) {
  const [progress, setProgress] = useState({ done: 0, bets: 0 })
  usePersonal(
    useCallback(
      (message: PersonalMessage) => {
        if (message.t !== 'settling' || message.market_id !== market) return
        setProgress({ done: message.bets_done, bets: message.bets })
      },
      [market],
    ),
  )
  const { done, bets } = progress
  return (
    <div className={styles.progress} role="status">
      <progress value={bets ? done : undefined} max={bets || undefined} aria-label="Bets settled" />
      <span className="num">{bets ? `${done} of ${plural(bets, 'bet')}` : 'Starting'}</span>
    </div>
  )
}

export function Settled({ market, currency }: { market: MarketOnBoard; currency: Currency }) {
  const { data } = useQuery({
    queryKey: ['settlement', market.id, market.version],
    queryFn: () =>
      must(api.GET('/api/market/{market_id}/settlement', { params: { path: { market_id: market.id } } })),
  })
  const winners = market.outcomes.filter((outcome) => market.result?.winners.includes(outcome.id))
  const last = data?.items[0]
  return (
    <p className={styles.settled}>
      {market.status === 'void'
        ? 'Void, all stakes refunded'
        : `Won: ${winners.map(({ name }) => name).join(', ') || '–'}`}
      {last && (
        <span className="num">
          {plural(last.bets, 'bet')}, paid {money(last.paid, currency)}, takeout{' '}
          {money(last.takeout, currency)}, rounding {money(last.breakage, currency)},{' '}
          {shortTime(last.finished_at ?? last.decided_at, Date.now())}
        </span>
      )}
    </p>
  )
}
