/** The bets as they come in, newest first. */

import { useCallback, useState } from 'react'
import type { Structure } from '@/feed/board'
import type { BetRow, PersonalMessage } from '@/feed/messages'
import { usePersonal } from '@/feed/useFeed'
import { money } from '@/shared/money'
import { formatOdds } from '@/shared/odds'
import { useOddsFormat } from '@/shared/prefs'
import { clockTime } from '@/shared/time'
import styles from './Desk.module.css'

const ROWS = 30

export function Ticker({ structure }: { structure: Structure }) {
  const [rows, setRows] = useState<BetRow[]>([])
  const format = useOddsFormat()
  usePersonal(
    useCallback((message: PersonalMessage) => {
      if (message.t !== 'bets') return
      setRows((before) => [...message.bets.toReversed(), ...before].slice(0, ROWS))
    }, []),
  )
  const outcomeName = (id: number) => {
    const market = structure.markets.get(structure.marketOf.get(id) ?? -1)
    return market?.outcomes.find((outcome) => outcome.id === id)?.name ?? ''
  }
  return (
    <section className={styles.panel} aria-labelledby="ticker">
      <h2 id="ticker">Bets as they come in</h2>
      {rows.length === 0 && <p className={styles.none}>Waiting for the next bet.</p>}
      <ol className={styles.ticker} data-testid="ticker">
        {rows.map(([id, , name, outcome, stake, odds, at]) => (
          <li key={id}>
            <span className="num">{clockTime(at)}</span>
            <b className="num">{money(stake, structure.tournament)}</b>
            <span>
              {outcomeName(outcome)} <small>{name}</small>
            </span>
            <span className="num">{formatOdds(odds, format)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
