/** The organizer's desk: every market with what can be done to it, the bets as they come in, and the members. */

import { useMemo, useState } from 'react'
import { useStructure } from '@/feed/useFeed'
import { Segments } from '@/shared/ui/Segments'
import { byUrgency, isOver } from './actions'
import styles from './Desk.module.css'
import { MarketRow } from './MarketRow'
import { Members } from './Members'
import { Ticker } from './Ticker'

type Shown = 'now' | 'over'

const SHOWN: Array<{ value: Shown; label: string; words: string }> = [
  { value: 'now', label: 'In play', words: 'Markets that are not settled' },
  { value: 'over', label: 'Settled', words: 'Settled and void markets' },
]

export function Desk({ slug }: { slug: string }) {
  const structure = useStructure()
  const [shown, setShown] = useState<Shown>('now')
  const [sought, setSought] = useState('')
  const markets = useMemo(() => [...(structure?.markets.values() ?? [])].sort(byUrgency), [structure])
  if (!structure) return <p className={styles.none}>Loading the desk…</p>

  const nameOf = (matchId: number) => structure.matches.get(matchId)?.name ?? ''
  const isSought = (text: string) => text.toLowerCase().includes(sought.trim().toLowerCase())
  const rows = markets.filter(
    (market) =>
      isOver(market.status) === (shown === 'over') && isSought(`${nameOf(market.match_id)} ${market.name}`),
  )

  return (
    <>
      <main className={styles.main}>
        <div className={styles.bar}>
          <h1>Markets</h1>
          <Segments label="Which markets" value={shown} options={SHOWN} onChoose={setShown} />
          <input
            type="search"
            className={styles.search}
            aria-label="Find a market"
            placeholder="Find a market"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
        </div>
        {markets.length === 0 && (
          <p className={styles.none}>No matches yet. Import a spreadsheet or add one match.</p>
        )}
        {markets.length > 0 && rows.length === 0 && <p className={styles.none}>None of these.</p>}
        <ul className={styles.rows}>
          {rows.map((market) => (
            <MarketRow
              key={market.id}
              market={market}
              matchName={nameOf(market.match_id)}
              currency={structure.tournament}
            />
          ))}
        </ul>
      </main>
      <aside className={styles.aside} aria-label="Bets and members">
        <Ticker structure={structure} />
        <Members slug={slug} tournament={structure.tournament} />
      </aside>
    </>
  )
}
