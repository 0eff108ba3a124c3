import type { Ops } from '@/api/types'
import { plural } from '@/shared/plural'
import { Icon } from '@/shared/ui/Icon'
import { Panel } from '@/shared/ui/Panel'
import styles from './Cockpit.module.css'

/** What the server's own loggers said last, at level WARNING and above. */
export function LastErrors({ errors }: { errors: Ops['errors'] }) {
  return (
    <Panel title="Last errors">
      {errors.items.length === 0 ? (
        <p>No errors since start.</p>
      ) : (
        <>
          <p className="num">
            {plural(errors.errors, 'error')} and {plural(errors.warnings, 'warning')} since start; the last{' '}
            {errors.items.length}:
          </p>
          <ol className={styles.errors}>
            {errors.items.map((one, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two records may be alike in everything
              <li key={`${one.at} ${n}`} data-testid="error" data-level={one.level}>
                <span className={styles.level}>
                  <Icon name={one.level === 'WARNING' ? 'warning' : 'cross'} /> {one.level.toLowerCase()}
                </span>
                <time dateTime={one.at} className="num">
                  {one.at.slice(0, 19).replace('T', ' ')} UTC
                </time>
                <span className={styles.logger}>{one.logger}</span>
                <bdi>{one.text}</bdi>
              </li>
            ))}
          </ol>
        </>
      )}
    </Panel>
  )
}
