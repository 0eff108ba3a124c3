import { memo, useEffect, useRef, useState } from 'react'
import { Countdown, Odds, PoolTotal } from '@/feed/cells'
import type { MarketOnBoard, MatchOnBoard, OutcomeOnBoard } from '@/feed/messages'
import { isBetting } from '@/feed/phase'
import { useFeed, usePhases } from '@/feed/useFeed'
import { toneOf } from '@/shared/marketStatus'
import { prefixOf, typed } from '@/shared/money'
import type { OddsFormat } from '@/shared/odds'
import { startTime } from '@/shared/time'
import { Chip } from '@/shared/ui/Chip'
import { Icon } from '@/shared/ui/Icon'
import { MARKET_STATUS_WORDS } from '@/shared/words'
import { Share } from './cells'
import { type MarketEntry, spanOf } from './grouping'
import styles from './MarketCard.module.css'

/** An outright of a large field shows this many until asked for all. */
const ROWS_SHOWN = 8

interface Props {
  entry: MarketEntry
  currency: string
  exponent: number
  format: OddsFormat
  picked: number | null
  /** Absent for spectators: the rows are then no buttons. */
  onPick?: (outcome: number) => void
}

/** Writes nothing while the card is off the screen. */
function useOnScreen(market: number) {
  const feed = useFeed()
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => feed.setVisible(market, entries.at(-1)?.isIntersecting ?? true),
      { rootMargin: '120px' },
    )
    if (card.current) observer.observe(card.current)
    return () => {
      observer.disconnect()
      feed.setVisible(market, true)
    }
  }, [feed, market])
  return card
}

function Status({ market }: { market: MarketOnBoard }) {
  const phase = usePhases([market])(market)
  if (phase === 'early') {
    return (
      <span className={styles.when}>
        opens in <Countdown until={market.opens_at ?? 0} />
      </span>
    )
  }
  if (!isBetting(phase)) {
    // Past its time and not closed yet.
    const isClosing = phase === 'closed' && market.status !== 'closed'
    return (
      <Chip tone={toneOf(market.status)} className={styles.status}>
        {isClosing ? 'Closing' : MARKET_STATUS_WORDS[market.status]}
      </Chip>
    )
  }
  if (market.closes_at === null) return null
  return (
    <span className={styles.when}>
      closes <Countdown until={market.closes_at} />
    </span>
  )
}

/** The day, the time with its zone, and the venue: "Sat 28 Nov, 14:30 CET, Court 3". */
function WhenAndWhere({ match }: { match: MatchOnBoard | undefined }) {
  if (!match || (match.starts_at === null && !match.venue)) return null
  const words = [match.starts_at !== null && startTime(match.starts_at, Date.now()), match.venue]
  const text = words.filter(Boolean).join(', ')
  return (
    <p className={styles.whereabouts} title={text} data-testid="whereabouts" dir="auto">
      {text}
    </p>
  )
}

/** "2–1": the full-time score, or whatever was entered first, as far as it is two figures. */
function scoreOf(score: unknown): string {
  const parts = score as Record<string, unknown>
  const shown = parts.ft ?? Object.values(parts)[0]
  return Array.isArray(shown) && shown.every((part) => typeof part === 'number') ? shown.join('–') : ''
}

function winnersOf(market: MarketOnBoard): ReadonlySet<number> {
  return new Set(market.result?.winners ?? [])
}

export const MarketCard = memo(function MarketCard(props: Props) {
  const { entry, currency, exponent, format, picked, onPick } = props
  const { market, match } = entry
  const card = useOnScreen(market.id)
  const [showsAll, setShowsAll] = useState(false)
  const winners = winnersOf(market)
  const isOpen = market.status === 'open'

  const rows = market.outcomes.filter(
    (outcome, i) =>
      showsAll || market.outcomes.length <= ROWS_SHOWN + 1 || i < ROWS_SHOWN || outcome.id === picked,
  )
  const hiddenRows = market.outcomes.length - rows.length

  const cells = (outcome: OutcomeOnBoard) => (
    <>
      <span className={`num ${styles.lane}`}>{outcome.lane_no}</span>
      <span id={`name-${outcome.id}`} className={`given ${styles.name}`} title={outcome.name}>
        {outcome.name}
      </span>
      <span id={`share-${outcome.id}`} className={styles.whole}>
        <Share outcome={outcome.id} market={market.id} exponent={exponent} />
      </span>
      {winners.has(outcome.id) ? (
        <span className={styles.won}>
          <Icon name="check" className={styles.wonIcon} /> Won
        </span>
      ) : outcome.withdrawn ? (
        <span className={styles.out}>
          withdrawn
          {outcome.deduction_bps > 0 && (
            <span title="Off the winnings of bets placed before it was withdrawn.">
              , −{typed(outcome.deduction_bps, 2)} %
            </span>
          )}
        </span>
      ) : (
        <span id={`odds-${outcome.id}`} className={styles.whole}>
          <span className="visually-hidden">at </span>
          <Odds outcome={outcome.id} format={format} className={styles.odds} />
        </span>
      )}
    </>
  )

  return (
    <section
      ref={card}
      className={styles.card}
      data-market={market.id}
      data-match={market.match_id}
      data-status={market.status}
      aria-labelledby={`market-${market.id}`}
      style={{ gridRow: `span ${spanOf(rows.length)}` }}
    >
      <header className={styles.head}>
        <h3 id={`market-${market.id}`}>
          <span className={styles.match}>{match?.name ?? market.name}</span>{' '}
          {match && <span className={styles.kind}>{market.name}</span>}
        </h3>
        {match?.score != null && <span className={`num ${styles.score}`}>{scoreOf(match.score)}</span>}
        <Status market={market} />
      </header>
      <WhenAndWhere match={match} />
      <ul className={styles.rows}>
        {rows.map((outcome) => (
          <li key={outcome.id} data-outcome={outcome.id}>
            {onPick && isOpen && !outcome.withdrawn ? (
              <button
                type="button"
                className={styles.row}
                data-testid="outcome"
                // Name, odds, share, in this order; the cells write their own text.
                aria-labelledby={`name-${outcome.id} odds-${outcome.id} share-${outcome.id}`}
                aria-pressed={picked === outcome.id}
                onClick={() => onPick(outcome.id)}
              >
                {cells(outcome)}
              </button>
            ) : (
              <div className={styles.row} data-dim={outcome.withdrawn || undefined} data-testid="outcome">
                {cells(outcome)}
              </div>
            )}
          </li>
        ))}
      </ul>
      {hiddenRows > 0 && (
        <button type="button" className={styles.more} onClick={() => setShowsAll(true)}>
          Show all {market.outcomes.length} outcomes
        </button>
      )}
      <footer className={styles.foot}>
        <span>{market.kind === 'pool' ? 'Total in pool' : 'Total staked'}</span>
        <PoolTotal market={market.id} exponent={exponent} prefix={prefixOf(currency)} />
      </footer>
    </section>
  )
})
