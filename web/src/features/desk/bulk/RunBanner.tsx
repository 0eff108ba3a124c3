import { useEffect } from 'react'
import type { Structure } from '@/feed/board'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import styles from './Bulk.module.css'
import { totalOf } from './run'
import { putRunAway, tellRun, useRun } from './runs'

const FAILED_SHOWN = 20
/** What went well is said for so long; what did not stays until it is put away. */
const READ_MS = 20_000

/** How far a move of many markets is, and which failed. */
export function RunBanner({ slug, structure }: { slug: string; structure: Structure }) {
  const run = useRun(slug)
  const isWell = run?.status === 'over' && run.failed.length === 0
  useEffect(() => {
    if (!isWell) return
    const timer = setTimeout(() => putRunAway(slug), READ_MS)
    return () => clearTimeout(timer)
  }, [isWell, slug])
  if (!run) return null
  const total = totalOf(run)
  const past = run.done.length + run.failed.length
  const nameOf = (id: number) => {
    const market = structure.markets.get(id)
    return market ? `${structure.matches.get(market.match_id)?.name ?? ''}, ${market.name}` : `Market ${id}`
  }
  return (
    <section className={styles.run} aria-label="Under way" data-testid="run" data-status={run.status}>
      <div className={styles.line}>
        <b>{run.title}</b>
        <span className="num" role="status">
          {isWell
            ? `Done: ${plural(run.done.length, 'market')}`
            : `${past.toLocaleString('en-GB')} of ${plural(total, 'market')}${run.status === 'stopped' ? ', stopped' : ''}${
                run.failed.length ? `, ${run.failed.length} failed` : ''
              }`}
        </span>
        <span className={styles.decide}>
          {run.status === 'going' && (
            <Button size="small" look="plain" onClick={() => tellRun(slug, { on: 'stop' })}>
              Stop
            </Button>
          )}
          {run.status === 'stopped' && (
            <Button size="small" onClick={() => tellRun(slug, { on: 'go on' })}>
              Go on
            </Button>
          )}
          {run.status !== 'going' && run.failed.length > 0 && (
            <Button size="small" look="plain" onClick={() => tellRun(slug, { on: 'try failed again' })}>
              Try the failed again
            </Button>
          )}
          {run.status !== 'going' && (
            <Button size="small" look="plain" onClick={() => putRunAway(slug)}>
              Hide
            </Button>
          )}
        </span>
      </div>
      {run.lost && <Note tone="bad" icon="offline" title={run.lost} alert />}
      {run.status !== 'over' && <progress value={past} max={total} aria-label={run.title} />}
      {run.failed.length > 0 && (
        <ul>
          {run.failed.slice(0, FAILED_SHOWN).map(({ id, why }) => (
            <li key={id}>
              ✕ <bdi>{nameOf(id)}</bdi>: {why}
            </li>
          ))}
          {run.failed.length > FAILED_SHOWN && <li>and {run.failed.length - FAILED_SHOWN} more</li>}
        </ul>
      )}
    </section>
  )
}
