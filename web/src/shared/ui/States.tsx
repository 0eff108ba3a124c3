/** What a place shows while it has nothing to show: on its way, empty, or failed. */

import type { ReactNode } from 'react'
import { Button } from './Button'
import { Failure } from './Note'
import styles from './States.module.css'

/** `what` is named: "Loading the members". */
export function Loading({ what }: { what: string }) {
  return (
    <div className={styles.loading} role="status">
      <span className="said">Loading {what}</span>
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
