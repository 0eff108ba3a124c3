/** The band on top: which match, and how its betting stands, as large as it matters. */

import { useEffect, useRef } from 'react'
import type { MarketOnBoard, MatchOnBoard, TournamentOnBoard } from '@/feed/messages'
import type { Phase } from '@/feed/phase'
import { useFeed } from '@/feed/useFeed'
import { left } from '@/shared/time'
import { Icon, type IconName } from '@/shared/ui/Icon'
import { write } from '@/shared/write'
import styles from './Head.module.css'
import { onServerSecond } from './useScene'

const SIGN: Record<Exclude<Phase, 'open' | 'lastCall'>, { icon: IconName; words: string }> = {
  early: { icon: 'clock', words: 'Betting not open yet' },
  draft: { icon: 'clock', words: 'Betting not open yet' },
  suspended: { icon: 'warning', words: 'Betting suspended' },
  closed: { icon: 'clock', words: 'Betting closed' },
  resulted: { icon: 'check', words: 'Result in' },
  settled: { icon: 'check', words: 'Settled' },
  refunded: { icon: 'back', words: 'Void' },
}

/** What follows, by the market's own status: past its time it may not have been closed yet. */
function nextOf(market: MarketOnBoard): string {
  switch (market.status) {
    case 'closed':
      return 'Final odds. Waiting for the result'
    case 'resulted':
      return 'Payouts follow'
    case 'settling':
      return 'Winners are being paid'
    case 'settled':
      return 'Winners are paid'
    case 'voiding':
    case 'void':
      return 'Every stake is refunded'
    case 'suspended':
      return 'No bets are taken until it reopens'
    default:
      return 'Waiting for the result'
  }
}

/** The name of who won, where it is one alone. */
function winnerOf(market: MarketOnBoard): string | undefined {
  const [winner, ...others] = market.result?.winners ?? []
  return others.length ? undefined : market.outcomes.find((outcome) => outcome.id === winner)?.name
}

/** What is left, to the second. */
function Clock({ until }: { until: number }) {
  const feed = useFeed()
  const text = useRef<HTMLElement>(null)
  useEffect(() => {
    const paint = () => write(text.current, left(until - feed.serverNow()))
    paint()
    const offSecond = onServerSecond(feed, paint)
    return offSecond
  }, [feed, until])
  return <b className={`num ${styles.clock}`} ref={text} role="timer" data-testid="clock" />
}

/** Said aloud when it changes; the seconds, which stand beside it, are not. */
function PhaseWords({ market, phase }: { market: MarketOnBoard; phase: Phase }) {
  if (phase === 'lastCall') return <b className={styles.words}>Last call</b>
  if (phase === 'open') {
    if (market.closes_at === null) return <b className={styles.words}>Betting is open</b>
    return <span>Betting closes in</span>
  }
  const { icon, words } = SIGN[phase]
  const winner = phase === 'resulted' || phase === 'settled' ? winnerOf(market) : undefined
  return (
    <>
      <span className={styles.next}>{nextOf(market)}</span>
      <b className={styles.words}>
        <Icon name={icon} className={styles.icon} />
        {winner === undefined ? (
          words
        ) : (
          <>
            <span className={styles.winner} dir="auto">
              {winner}
            </span>{' '}
            won
          </>
        )}
      </b>
    </>
  )
}

const takesTime = (phase: Phase) => phase === 'open' || phase === 'lastCall'

interface Props {
  tournament: TournamentOnBoard
  match?: MatchOnBoard
  market?: MarketOnBoard
  /** Named where the match has more than one. */
  isOneOfSeveral?: boolean
  phase?: Phase
}

export function Head({ tournament, match, market, isOneOfSeveral, phase }: Props) {
  return (
    <header className={styles.head} data-phase={phase}>
      <div className={styles.names}>
        <h1 dir="auto">{tournament.name}</h1>
        {match && (
          <p dir="auto">
            {match.name} {isOneOfSeveral && market && <span>{market.name}</span>}
          </p>
        )}
      </div>
      {market && phase && (
        <div className={styles.phase} data-testid="phase">
          <span className={styles.spoken} role="status">
            <PhaseWords market={market} phase={phase} />
          </span>
          {takesTime(phase) && market.closes_at !== null && <Clock until={market.closes_at} />}
        </div>
      )}
    </header>
  )
}
