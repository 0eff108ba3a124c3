/** A dark cockpit: lamps that are dim while all is well, figures in large type, and what was logged last. */

import { clockTime } from '@/shared/time'
import { Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import styles from './Cockpit.module.css'
import { Derivation } from './Derivation'
import { Differing } from './Differing'
import { Instruments } from './Instruments'
import { Lamps } from './Lamps'
import { LastErrors } from './LastErrors'
import { lampsOf, lampsUnknown } from './lamps'
import { Paying } from './Paying'
import { useOps } from './useOps'

export function Cockpit() {
  const { ops, at, isOld, error, isDatabaseAway, isPending, refetch } = useOps()
  if (isPending) return <Loading what="the instruments" />
  const isLive = ops !== undefined && !isOld
  return (
    <>
      {isOld && (
        <Note tone="bad" icon="offline" title={`No answer since ${clockTime(at)}.`} alert>
          {isDatabaseAway
            ? 'The server answers, but it cannot reach its database. '
            : 'Asked again every two seconds. '}
          The figures below are from then.
        </Note>
      )}
      {!ops && <FailedToLoad error={error} onRetry={refetch} />}
      <Lamps lamps={isLive ? lampsOf(ops) : lampsUnknown(isDatabaseAway)} />
      {ops && (
        <div className={styles.body} data-old={isOld || undefined}>
          <Differing books={ops.books} />
          <Instruments ops={ops} />
          <div className={styles.halves}>
            <Derivation told={ops.derivation} />
            <LastErrors errors={ops.errors} />
          </div>
          <Paying settlements={ops.settlements} />
          <p className={styles.foot}>
            {isOld ? 'As of' : 'Looked at'} {clockTime(at)} · process {ops.process.pid} ({ops.process.role}
            ), version {ops.process.version}. Lamps and figures are this process's, since its start; where
            several serve, each has its own.
          </p>
        </div>
      )}
    </>
  )
}
