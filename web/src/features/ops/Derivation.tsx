/** Derive all books again: begun here, found again from anywhere, by the process that does it. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import type { Derivation as Told } from '@/api/types'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import styles from './Cockpit.module.css'
import { useDerivation } from './useOps'
import { whole } from './words'

const utc = (iso: string | null) => (iso ? `${iso.slice(0, 19).replace('T', ' ')} UTC` : '')

export function Derivation({ told }: { told: Told }) {
  const queries = useQueryClient()
  const mark = `${told.started_at} ${told.state}`
  const { data, error } = useDerivation(mark)
  const begin = useMutation({
    mutationFn: () => must(api.POST('/api/ops/audit')),
    onSuccess: (progress) => {
      queries.setQueryData(['ops', 'derivation', mark], progress)
      queries.invalidateQueries({ queryKey: ['ops'] })
    },
  })
  const now = data ?? told
  const isRunning = now.state === 'running'
  return (
    <Panel title="Check the books">
      <div data-testid="derivation" data-state={now.state} className={styles.derivation}>
        <p>
          Every balance, total, status and payout is worked out again from the bets, the transfers and the
          log, and compared. Nothing is changed. On a large ledger it takes minutes and some of the database's
          time.
        </p>
        {isRunning && <Running progress={now} />}
        {now.state === 'done' && <Done result={now} />}
        {now.state === 'failed' && (
          <Note tone="warn" icon="warning" title="It could not be finished.">
            <bdi>{now.error}</bdi> ({utc(now.finished_at)})
          </Note>
        )}
        {now.state === 'none' && <p>Not run since this process started.</p>}
        <Failure error={begin.error ?? error} />
        <Button disabled={isRunning || begin.isPending} onClick={() => begin.mutate()}>
          {isRunning ? 'Checking…' : 'Check all books'}
        </Button>
      </div>
    </Panel>
  )
}

function Running({ progress }: { progress: Told }) {
  const at = Math.min(progress.done + 1, progress.of)
  return (
    <div className={styles.running}>
      <progress max={progress.of} value={progress.done} aria-label="Checks done" />
      <p className="num" role="status">
        Check {at} of {progress.of}
        {progress.check && `: ${progress.check}`}
      </p>
      <p>It goes on if you leave this page.</p>
    </div>
  )
}

function Done({ result }: { result: Told }) {
  const wrong = result.checks.filter(({ found }) => found > 0)
  const counted = `${whole(result.counted.bets ?? 0)} bets, ${whole(result.counted.transfers ?? 0)} transfers, ${whole(result.counted.audit_rows ?? 0)} rows of the log`
  if (result.balanced) {
    return (
      <Note tone="plain" icon="check" title="The books balance.">
        {result.of} checks over {counted}, at {utc(result.finished_at)}.
      </Note>
    )
  }
  return (
    <>
      <Note
        tone="bad"
        icon="cross"
        title={`The books differ in ${plural(result.differences ?? 0, 'place')}.`}
      >
        Stop betting there, keep the database as it is, find out why. {counted}, at {utc(result.finished_at)}.
      </Note>
      <ul className={styles.differences}>
        {wrong.map((check) => (
          <li key={check.name}>
            <b>Not so: {check.title}</b>
            <ul>
              {check.differences.map((one) => (
                <li key={one.subject}>
                  <bdi>{one.subject}</bdi> stands as <bdi>{one.stored}</bdi>; should be{' '}
                  <bdi>{one.derived}</bdi>
                </li>
              ))}
              {check.found > check.differences.length && (
                <li>and {whole(check.found - check.differences.length)} more</li>
              )}
            </ul>
          </li>
        ))}
      </ul>
    </>
  )
}
