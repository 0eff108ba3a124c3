/** Above the board while it is not current: since when, and that it tries again. The odds below are then dim. */

import { useLink } from '@/feed/useFeed'
import { clockTime } from '@/shared/time'
import { Note } from '@/shared/ui/Note'
import styles from './Board.module.css'

export function Stale() {
  const { phase, heardAt } = useLink()
  if (heardAt === null || (phase !== 'stale' && phase !== 'down')) return null
  return (
    <div className={styles.stale} role="status" data-testid="stale">
      <Note
        tone="warn"
        icon={phase === 'down' ? 'offline' : 'clock'}
        title={`Odds as of ${clockTime(heardAt)}.`}
      >
        {phase === 'down'
          ? 'The connection is lost. The board goes on by itself when it is back.'
          : 'The board has gone quiet. What you see may have moved.'}
      </Note>
    </div>
  )
}
