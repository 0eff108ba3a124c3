/** The board: the head, then every market in its group. */

import { Link } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { useStructure } from '@/feed/useFeed'
import { useOddsFormat } from '@/shared/prefs'
import { deskRole, useMe } from '@/shared/session'
import styles from './Board.module.css'
import { firstOf, groupMarkets, type MarketEntry, type RoundGroup } from './grouping'
import { Hero } from './Hero'
import { MarketCard } from './MarketCard'
import { Stale } from './Stale'
import { useGrowth } from './useGrowth'

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
  const holdsPick = ({ market }: MarketEntry) => market.id === structure.marketOf.get(picked ?? -1)
  const cards = (entries: readonly MarketEntry[]) => (
    <div className={styles.grid}>
      {entries.map((entry) => (
        <MarketCard
          key={entry.market.id}
          entry={entry}
          currency={currency}
          exponent={exponent}
          format={format}
          picked={holdsPick(entry) ? picked : null}
          onPick={onPick}
        />
      ))}
    </div>
  )
  const isEmpty = !groups.open.length && !groups.waiting.length && !groups.settled.length

  return (
    <>
      <h1 className="visually-hidden">{structure.tournament.name}: the board</h1>
      <Stale />
      <Hero currency={currency} exponent={exponent} />
      {isEmpty && <EmptyBoard slug={structure.tournament.slug} />}
      <OpenRounds groups={groups.open} holdsPick={holdsPick} cards={cards} />
      {groups.waiting.length > 0 && (
        <section>
          <h2 className={styles.round}>Waiting for a result</h2>
          <Growing entries={groups.waiting} cards={cards} />
        </section>
      )}
      {groups.settled.length > 0 && (
        <Settled isOpen={!groups.open.length} entries={groups.settled} cards={cards} />
      )}
    </>
  )
}

/** Speaks to whom it shows: who can add matches is led to where that is done. */
function EmptyBoard({ slug }: { slug: string }) {
  if (deskRole(useMe(), slug) !== 'organizer')
    return <p className={styles.empty}>No matches yet. They show here as soon as the organizer adds them.</p>
  return (
    <p className={styles.empty}>
      No matches yet. Import a spreadsheet or add one match{' '}
      <Link to="/org/t/$slug" params={{ slug }}>
        at the desk
      </Link>
      .
    </p>
  )
}

type Cards = (entries: readonly MarketEntry[]) => ReactNode

interface RoundsProps {
  groups: readonly RoundGroup[]
  holdsPick: (entry: MarketEntry) => boolean
  cards: Cards
}

function OpenRounds({ groups, holdsPick, cards }: RoundsProps) {
  const all = groups.flatMap((group) => group.entries)
  const { count, hasMore, grow, end } = useGrowth(all.length, all.findIndex(holdsPick) + 1)
  return (
    <>
      {firstOf(groups, count).map((group, i) => (
        <section key={group.round ?? ''} id={i === 0 ? 'open-matches' : undefined} tabIndex={-1}>
          <h2 className={groups.length > 1 ? `given ${styles.round}` : 'visually-hidden'}>
            {group.round ?? 'Open matches'}
          </h2>
          {cards(group.entries)}
        </section>
      ))}
      {hasMore && (
        <button type="button" ref={end} className={styles.further} onClick={grow}>
          Show more matches
        </button>
      )}
    </>
  )
}

function Growing({ entries, cards }: { entries: readonly MarketEntry[]; cards: Cards }) {
  const { count, hasMore, grow, end } = useGrowth(entries.length)
  return (
    <>
      {cards(entries.slice(0, count))}
      {hasMore && (
        <button type="button" ref={end} className={styles.further} onClick={grow}>
          Show more matches
        </button>
      )}
    </>
  )
}

interface SettledProps {
  /** To begin with. */
  isOpen: boolean
  entries: readonly MarketEntry[]
  cards: Cards
}

/** Folded away while there is something to bet on; cards that nobody looks at are not made. */
function Settled({ isOpen, entries, cards }: SettledProps) {
  const [isShown, setShown] = useState(isOpen)
  return (
    <details
      className={styles.settled}
      open={isShown}
      onToggle={(event) => setShown(event.currentTarget.open)}
    >
      <summary>
        <h2>Settled</h2> <span className="num">{entries.length}</span>
      </summary>
      {isShown && <Growing entries={entries} cards={cards} />}
    </details>
  )
}

/** The shape of the board while its first snapshot is on the way. */
function BoardLoading() {
  return (
    <div className={styles.loading} role="status">
      <span className="visually-hidden">Loading the board</span>
      <div />
      <div />
      <div />
      <div />
    </div>
  )
}
