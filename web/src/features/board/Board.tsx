/** The board: the head, then every market in its group. */

import { useMemo } from 'react'
import { useStructure } from '@/feed/useFeed'
import { useOddsFormat } from '@/shared/prefs'
import styles from './Board.module.css'
import { groupMarkets, type MarketEntry } from './grouping'
import { Hero } from './Hero'
import { MarketCard } from './MarketCard'

interface Props {
  picked: number | null
  onPick?: (outcome: number) => void
}

export function Board({ picked, onPick }: Props) {
  const structure = useStructure()
  const format = useOddsFormat()
  const groups = useMemo(() => (structure ? groupMarkets(structure) : null), [structure])
  if (!structure || !groups) return <BoardLoading />

  const { currency, exponent } = structure.tournament
  const cards = (entries: MarketEntry[]) => (
    <div className={styles.grid}>
      {entries.map((entry) => (
        <MarketCard
          key={entry.market.id}
          entry={entry}
          currency={currency}
          exponent={exponent}
          format={format}
          picked={entry.market.outcomes.some((outcome) => outcome.id === picked) ? picked : null}
          onPick={onPick}
        />
      ))}
    </div>
  )
  const isEmpty = !groups.open.length && !groups.waiting.length && !groups.settled.length

  return (
    <>
      <h1 className="said">{structure.tournament.name}: the board</h1>
      <Hero currency={currency} exponent={exponent} />
      {isEmpty && <p className={styles.empty}>No matches yet. Import a spreadsheet or add one match.</p>}
      {groups.open.map((group, i) => (
        <section key={group.round ?? ''} id={i === 0 ? 'open-matches' : undefined} tabIndex={-1}>
          <h2 className={groups.open.length > 1 ? styles.round : 'said'}>{group.round ?? 'Open matches'}</h2>
          {cards(group.entries)}
        </section>
      ))}
      {groups.waiting.length > 0 && (
        <section>
          <h2 className={styles.round}>Waiting for a result</h2>
          {cards(groups.waiting)}
        </section>
      )}
      {groups.settled.length > 0 && (
        <details className={styles.settled} open={!groups.open.length}>
          <summary>
            <h2>Settled</h2> <span className="num">{groups.settled.length}</span>
          </summary>
          {cards(groups.settled)}
        </details>
      )}
    </>
  )
}

/** The shape of the board while its first snapshot is on the way. */
function BoardLoading() {
  return (
    <div className={styles.loading} role="status">
      <span className="said">Loading the board</span>
      <div />
      <div />
      <div />
      <div />
    </div>
  )
}
