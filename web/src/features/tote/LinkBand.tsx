/** Said large when the wall is not current: since when, and that it tries again. It never pretends. */

import { useLink } from '@/feed/useFeed'
import { clockTime } from '@/shared/time'
import { Icon } from '@/shared/ui/Icon'
import styles from './Head.module.css'

export function LinkBand() {
  const { phase, heardAt } = useLink()
  if (phase === 'live' || heardAt === null) return null
  return (
    <p className={styles.stale} role="status" data-testid="link-band">
      <Icon name="offline" className={styles.icon} />
      <span>
        Odds as of <b className="num">{clockTime(heardAt)}</b>
      </span>
      <span className={styles.doing}>{phase === 'down' ? 'Reconnecting' : 'Waiting for news'}</span>
    </p>
  )
}
