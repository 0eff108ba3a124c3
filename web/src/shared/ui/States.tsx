/** What a place shows while it has nothing to show: on its way, empty, or failed. */

import { type ReactNode, useState } from 'react'
import { useOnline } from '@/shared/online'
import { clockTime } from '@/shared/time'
import { Button } from './Button'
import { Failure, Note } from './Note'
import styles from './States.module.css'

/** `what` is named: "Loading the members". */
export function Loading({ what }: { what: string }) {
  return (
    <div className={styles.loading} role="status">
      <span className="visually-hidden">Loading {what}</span>
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <i aria-hidden="true" />
    </div>
  )
}

/** Nothing here, said as what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty} data-testid="empty">
      <p>
        <b>{title}</b>
      </p>
      {children}
    </div>
  )
}

/** A request that failed, and asking again. */
export function FailedToLoad({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (!error) return null
  return (
    <div className={styles.failed}>
      <Failure error={error} />
      <Button look="plain" size="small" onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}

interface Asking {
  data: unknown
  error: unknown
  dataUpdatedAt: number
  refetch: () => void
}

/**
 * Above what a query brings: that it is on its way, that there is no connection, that it failed, or, once there is
 * something to show, of when it is. Says nothing while all is well.
 */
export function Awaiting({ query, what }: { query: Asking; what: string }) {
  const isOnline = useOnline()
  // A query that failed is pending again while it asks once more by itself: what went wrong stays till it is mended.
  const [failure, setFailure] = useState<unknown>(null)
  const now = query.error ?? (query.data === undefined ? failure : null)
  if (now !== failure) setFailure(now)
  if (query.data !== undefined) {
    if (isOnline && !now) return null
    return (
      <Note tone="warn" icon="offline" title={isOnline ? 'The server cannot be reached.' : "You're offline."}>
        This is as of <span className="num">{clockTime(query.dataUpdatedAt)}</span>, and goes on by itself.
      </Note>
    )
  }
  if (!isOnline) {
    return (
      <Note tone="warn" icon="offline" title="You're offline.">
        This page loads {what} when you are back.
      </Note>
    )
  }
  return now ? <FailedToLoad error={now} onRetry={query.refetch} /> : <Loading what={what} />
}
