/** The append-only log: filters, the moment it is looked at, and its rows. Changes nothing. */

import { useQueryClient } from '@tanstack/react-query'
import { plural } from '@/shared/plural'
import { useNarrow } from '@/shared/prefs'
import { Button } from '@/shared/ui/Button'
import { More } from '@/shared/ui/Paged'
import { Empty } from '@/shared/ui/States'
import { AsOfBar } from './AsOfBar'
import styles from './Audit.module.css'
import { FilterForm } from './FilterForm'
import { type Auditable, countOf, type Filters } from './filters'
import { RowCards, RowTable } from './Rows'
import { auditKey, useAuditLog } from './useAuditLog'

interface Props {
  filters: Filters
  tournaments: readonly Auditable[]
  /** An admin may look at all at once. */
  mayAll: boolean
  onFilters: (filters: Filters) => void
}

export function AuditLog({ filters, tournaments, mayAll, onFilters }: Props) {
  const queries = useQueryClient()
  const isNarrow = useNarrow()
  const log = useAuditLog(filters, mayAll || filters.tournament !== undefined)
  const only = (more: Filters) => onFilters({ ...filters, ...more })
  function pin(id: string) {
    const pinned = { ...filters, as_of: id }
    // What is shown is what the pinned log will show: nothing blinks.
    if (log.asOf?.settled) queries.setQueryData(auditKey(pinned), log.data)
    onFilters(pinned)
  }
  const Rows = isNarrow ? RowCards : RowTable
  const form = (
    <FilterForm
      key={JSON.stringify({ ...filters, as_of: undefined })}
      filters={filters}
      tournaments={tournaments}
      mayAll={mayAll}
      error={log.error}
      onFilters={onFilters}
    />
  )
  return (
    <>
      {isNarrow ? (
        <details className={styles.folded}>
          <summary>{countOf(filters) > 0 ? `Filters, ${countOf(filters)} set` : 'Filters'}</summary>
          {form}
        </details>
      ) : (
        form
      )}
      <AsOfBar
        asOf={log.asOf}
        pinned={filters.as_of}
        isHeld={log.isHeld}
        readAt={log.dataUpdatedAt}
        onPin={pin}
        onFollow={() => (filters.as_of ? only({ as_of: undefined }) : log.refetch())}
      />
      {log.isSuccess && log.rows.length === 0 && (
        <Empty
          title={
            countOf(filters) > 0 ? 'No entry fits these filters at this moment.' : 'Nothing was recorded yet.'
          }
        >
          {countOf(filters) > 0 && (
            <Button
              look="plain"
              size="small"
              onClick={() => onFilters({ tournament: filters.tournament, as_of: filters.as_of })}
            >
              Clear the filters
            </Button>
          )}
        </Empty>
      )}
      {log.rows.length > 0 && (
        <>
          <Rows rows={log.rows} showsTournament={filters.tournament === undefined} onOnly={only} />
          <p className={styles.count} role="status">
            {plural(log.rows.length, 'entry', 'entries')} shown
            {log.hasNextPage ? ', more below' : ', and no more'}.
          </p>
        </>
      )}
      <More list={log} what="entries" />
    </>
  )
}
