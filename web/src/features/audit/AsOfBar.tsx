/** The moment the log is looked at: now, held while several pages are shown, or pinned at a row. */

import type { AsOf } from '@/api/types'
import { announce } from '@/shared/announce'
import { momentText } from '@/shared/auditDetails'
import { clockTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Icon } from '@/shared/ui/Icon'
import styles from './Audit.module.css'

interface Props {
  /** As the server answered; undefined while it has not. */
  asOf: AsOf | undefined
  pinned: string | undefined
  isHeld: boolean
  readAt: number
  onPin: (id: string) => void
  onFollow: () => void
}

export function AsOfBar({ asOf, pinned, isHeld, readAt, onPin, onFollow }: Props) {
  const isPinned = pinned !== undefined
  const state = isPinned ? 'pinned' : isHeld ? 'held' : 'now'
  return (
    <div className={styles.asOf} data-state={state} data-testid="as-of">
      <Icon name={isPinned || isHeld ? 'pin' : 'clock'} />
      <p className="num">
        <b>{{ now: 'As of now', held: 'Held', pinned: 'Pinned' }[state]}</b>
        {asOf && (
          <span>
            {' '}
            {state === 'now' ? 'up to' : 'at'} entry <b data-testid="as-of-id">{asOf.id}</b>
            {asOf.at && <>, written {momentText(asOf.at, 'UTC')} UTC</>}.
            {state === 'now' && ` Looked at ${clockTime(readAt)}, and again every 3 seconds.`}
            {state === 'held' && ' While several pages are shown nothing moves.'}
            {state === 'pinned' &&
              ' Nothing later is shown; this address shows the same to everybody who may look.'}
          </span>
        )}
        {asOf && !asOf.settled && (
          <span className={styles.unsettled}>
            {' '}
            Somebody is still writing: an entry may yet appear below {asOf.id}. Look again in a moment.
          </span>
        )}
      </p>
      {asOf && !isPinned && (
        <Button
          look="plain"
          size="small"
          onClick={() => {
            onPin(String(asOf.id))
            announce(`Pinned at entry ${asOf.id}`)
          }}
        >
          Pin here
        </Button>
      )}
      {(isPinned || isHeld) && (
        <Button look="plain" size="small" onClick={onFollow}>
          Follow now
        </Button>
      )}
    </div>
  )
}
