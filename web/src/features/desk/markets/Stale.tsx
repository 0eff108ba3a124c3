import { useLink } from '@/feed/useFeed'
import { clockTime } from '@/shared/time'
import { Note } from '@/shared/ui/Note'
import styles from './Markets.module.css'

/** Says that what is listed is not what is. What is done here is still decided by the server. */
export function Stale() {
  const { phase, heardAt } = useLink()
  if (phase === 'live' || heardAt === null) return null
  return (
    <div className={styles.stale} data-testid="stale">
      <Note tone="warn" icon="offline" title={`The desk as of ${clockTime(heardAt)}.`}>
        States, stakes and exposure are not current until the connection is back.
      </Note>
    </div>
  )
}
