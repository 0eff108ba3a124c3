/** The band on top: which match, and how its betting stands, as large as it matters. */

import { useEffect, useRef } from 'react'
import type { MarketOnBoard, MatchOnBoard, TournamentOnBoard } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { left } from '@/shared/time'
import { Icon, type IconName } from '@/shared/ui/Icon'
import { write } from '@/shared/write'
import styles from './Head.module.css'
import type { Phase } from './scene'
import { onServerSecond } from './useScene'

const WORDS: Record<Exclude<Phase, 'open' | 'lastCall'>, { icon: IconName; words: string; more: string }> = {
  suspended: { icon: 'warning', words: 'Betting suspended', more: 'No bets are taken until it reopens' },
  closed: { icon: 'clock', words: 'Betting closed', more: 'Waiting for the result' },
  resulted: { icon: 'check', words: 'Result in', more: 'Payouts follow' },
  settled: { icon: 'check', words: 'Settled', more: 'Winners are paid' },
  refunded: { icon: 'back', words: 'Void', more: 'Every stake is refunded' },
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
  return <b className={`num ${styles.clock}`} ref={text} data-testid="clock" />
}

function Standing({ market, phase }: { market: MarketOnBoard; phase: Phase }) {
  if (phase === 'open' || phase === 'lastCall') {
    const isLast = phase === 'lastCall'
    if (market.closes_at === null) return <b className={styles.words}>Betting is open</b>
    return (
      <>
        {isLast ? <b className={styles.words}>Last call</b> : <span>Betting closes in</span>}
        <Clock until={market.closes_at} />
      </>
    )
  }
  const { icon, words, more } = WORDS[phase]
  return (
    <>
      <span>{more}</span>
      <b className={styles.words}>
        <Icon name={icon} className={styles.icon} /> {words}
      </b>
    </>
  )
}

interface Props {
  tournament: TournamentOnBoard
  match?: MatchOnBoard
  market?: MarketOnBoard
  phase?: Phase
}

export function Head({ tournament, match, market, phase }: Props) {
  return (
    <header className={styles.head} data-phase={phase}>
      <div className={styles.names}>
        <h1 dir="auto">{tournament.name}</h1>
        {match && <p dir="auto">{match.name}</p>}
      </div>
      {market && phase && (
        // What is said once to those who listen; the seconds are not counted down aloud.
        <div
          className={styles.standing}
          data-testid="standing"
          role={phase === 'open' ? undefined : 'status'}
        >
          <Standing market={market} phase={phase} />
        </div>
      )}
    </header>
  )
}
