import { useEffect, useState } from 'react'
import { useFeed, useLink } from '@/feed/useFeed'
import { clockTime } from '@/shared/time'
import styles from './Header.module.css'

/** Seconds until the next attempt. */
function RetryIn({ at }: { at: number }) {
  const feed = useFeed()
  const [seconds, setSeconds] = useState(() => Math.ceil((at - Date.now()) / 1000))
  useEffect(() => feed.onSecond(() => setSeconds(Math.ceil((at - Date.now()) / 1000))), [feed, at])
  return <b className="num">{Math.max(0, seconds)} s</b>
}

/** How fresh the board is, honestly: live with its latency, quiet since when, or trying again. */
export function LinkStatus() {
  const { phase, latencyMs, heardAt, retryAt } = useLink()
  const words = () => {
    switch (phase) {
      case 'live':
        return (
          <>
            Live <b className="num">{latencyMs === null ? '' : `${latencyMs} ms`}</b>
          </>
        )
      case 'stale':
        return (
          <>
            Odds as of <b className="num">{heardAt === null ? '…' : clockTime(heardAt)}</b>
          </>
        )
      case 'down':
        return <>Reconnecting {retryAt !== null && <RetryIn at={retryAt} />}</>
      case 'connecting':
        return <>Connecting</>
    }
  }
  return (
    <span className={styles.link} data-phase={phase} data-testid="link-status">
      <i aria-hidden="true" />
      <span role={phase === 'live' ? undefined : 'status'}>{words()}</span>
    </span>
  )
}
