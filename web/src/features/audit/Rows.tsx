/** Rows of the log: a table where there is room, cards on a phone. Each unfolds. */

import { memo, useCallback, useEffect, useId, useRef, useState } from 'react'
import type { AuditRow } from '@/api/types'
import { momentText, summaryOf } from '@/shared/auditDetails'
import { Icon } from '@/shared/ui/Icon'
import { actionWord, label } from '@/shared/words'
import styles from './Audit.module.css'
import type { Filters } from './filters'
import { Subject } from './Subject'
import { Unfolded } from './Unfolded'

interface Props {
  rows: readonly AuditRow[]
  showsTournament: boolean
  onOnly: (filters: Filters) => void
}

/** Which rows are unfolded; kept by id, so that following does not fold them. */
function useUnfolded() {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set())
  const toggle = useCallback((id: number) => {
    setUnfolded((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  return [unfolded, toggle] as const
}

/** The same function however often the list is drawn, so that rows that stay are not drawn again. */
function useSteady(onOnly: Props['onOnly']): Props['onOnly'] {
  const latest = useRef(onOnly)
  useEffect(() => {
    latest.current = onOnly
  })
  return useCallback((filters) => latest.current(filters), [])
}

export function Who({ row }: { row: AuditRow }) {
  if (row.user_id === null) return <span className={styles.muted}>System</span>
  return (
    <>
      <bdi>{row.user ?? 'Somebody'}</bdi> <small className={styles.muted}>#{row.user_id}</small>
    </>
  )
}

/** What happened, in words and as the filter takes it. */
function Action({ action }: { action: string }) {
  return (
    <>
      {actionWord(action)} <small className={styles.muted}>{action}</small>
    </>
  )
}

interface FoldProps {
  row: AuditRow
  isOpen: boolean
  controls: string
  onToggle: () => void
}

/** The moment in UTC; on hover and focus also on the reader's clock. It unfolds the row. */
function Fold({ row, isOpen, controls, onToggle }: FoldProps) {
  return (
    <button
      type="button"
      className={styles.fold}
      aria-expanded={isOpen}
      aria-controls={isOpen ? controls : undefined}
      onClick={onToggle}
    >
      <Icon name="unfold" />
      <time dateTime={row.at} className="num">
        {momentText(row.at, 'UTC')}
      </time>
      <span className="visually-hidden">
        {' '}
        UTC, {actionWord(row.action)} {row.subject}, details
      </span>
      <span className={styles.local} aria-hidden="true">
        {momentText(row.at, undefined)} on your clock
      </span>
    </button>
  )
}

interface RowProps {
  row: AuditRow
  isOpen: boolean
  showsTournament: boolean
  /** Of what it unfolds. */
  id: string
  onToggle: (row: number) => void
  onOnly: (filters: Filters) => void
}

const TableRow = memo(function TableRow({ row, isOpen, showsTournament, id, onToggle, onOnly }: RowProps) {
  return (
    <>
      <tr data-testid="audit-row" data-id={row.id} data-open={isOpen || undefined}>
        <td>
          <Fold row={row} isOpen={isOpen} controls={id} onToggle={() => onToggle(row.id)} />
        </td>
        {showsTournament && (
          <td className={styles.name}>
            <bdi>{row.tournament ?? '–'}</bdi>
          </td>
        )}
        <td className={styles.name}>
          <Who row={row} />
        </td>
        <td data-refused={row.refusal ? '' : undefined}>
          <Action action={row.action} />
        </td>
        <td className={styles.subject}>
          <Subject row={row} />
        </td>
        <td className={styles.summary} dir="auto">
          {summaryOf(row)}
        </td>
        <td className={`num ${styles.number}`}>{row.id}</td>
      </tr>
      {isOpen && (
        <tr id={id} className={styles.unfoldedRow}>
          <td colSpan={showsTournament ? 7 : 6}>
            <Unfolded row={row} onOnly={onOnly} />
          </td>
        </tr>
      )}
    </>
  )
})

const Card = memo(function Card({ row, isOpen, showsTournament, id, onToggle, onOnly }: RowProps) {
  return (
    <li data-testid="audit-row" data-id={row.id}>
      <Fold row={row} isOpen={isOpen} controls={id} onToggle={() => onToggle(row.id)} />
      <p>
        <Action action={row.action} />
      </p>
      <p className={styles.subject}>
        <Subject row={row} />
      </p>
      <p className={styles.name}>
        <Who row={row} />
        {showsTournament && row.tournament && (
          <>
            {' '}
            in <bdi>{row.tournament}</bdi>
          </>
        )}
      </p>
      <p className={styles.summary} dir="auto">
        {summaryOf(row)}
      </p>
      {isOpen && (
        <div id={id}>
          <Unfolded row={row} onOnly={onOnly} />
        </div>
      )}
    </li>
  )
})

export function RowTable({ rows, showsTournament, onOnly }: Props) {
  const [unfolded, toggle] = useUnfolded()
  const only = useSteady(onOnly)
  const id = useId()
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">When, UTC</th>
          {showsTournament && (
            <th scope="col" data-col="tournament">
              Tournament
            </th>
          )}
          <th scope="col" data-col="who">
            Who
          </th>
          <th scope="col" data-col="action">
            Action
          </th>
          <th scope="col" data-col="subject">
            {label('subject')}
          </th>
          <th scope="col">Details</th>
          <th scope="col">{label('row')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TableRow
            key={row.id}
            row={row}
            isOpen={unfolded.has(row.id)}
            showsTournament={showsTournament}
            id={`${id}-${row.id}`}
            onToggle={toggle}
            onOnly={only}
          />
        ))}
      </tbody>
    </table>
  )
}

export function RowCards({ rows, showsTournament, onOnly }: Props) {
  const [unfolded, toggle] = useUnfolded()
  const only = useSteady(onOnly)
  const id = useId()
  return (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <Card
          key={row.id}
          row={row}
          isOpen={unfolded.has(row.id)}
          showsTournament={showsTournament}
          id={`${id}-${row.id}`}
          onToggle={toggle}
          onOnly={only}
        />
      ))}
    </ul>
  )
}
