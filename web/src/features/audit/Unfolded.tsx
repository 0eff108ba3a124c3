/** One row in full: its details for people and as they were written, and ways to look for its like. */

import type { AuditRow } from '@/api/types'
import { detailsOf, momentText } from '@/shared/auditDetails'
import { Button } from '@/shared/ui/Button'
import { actionWord } from '@/shared/words'
import styles from './Audit.module.css'
import type { Filters } from './filters'
import { Subject } from './Subject'

export function Unfolded({ row, onOnly }: { row: AuditRow; onOnly: (filters: Filters) => void }) {
  return (
    <div className={styles.unfolded}>
      <dl>
        <Fact name="entry">{row.id}</Fact>
        <Fact name="about">
          <Subject row={row} />
        </Fact>
        <Fact name="on your clock">{momentText(row.at, undefined)}</Fact>
        <Fact name="from address">{row.ip ?? 'none'}</Fact>
        {row.refusal && <Fact name="refusal">{row.refusal.code}</Fact>}
        {detailsOf(row).map(({ key, name, before, value }) => (
          <Fact key={key} name={name}>
            {before !== undefined && (
              <>
                <s className={styles.muted}>
                  <span className="visually-hidden">from </span>
                  <bdi>{before}</bdi>
                </s>{' '}
                <span aria-hidden="true">→</span>
                <span className="visually-hidden">to</span>{' '}
              </>
            )}
            <bdi>{value}</bdi>
          </Fact>
        ))}
      </dl>
      {row.details !== null && (
        <details>
          <summary>As it was written</summary>
          <pre>{JSON.stringify(row.details, null, 2)}</pre>
        </details>
      )}
      <div className={styles.buttons}>
        {row.user_id !== null && (
          <Button look="plain" size="small" onClick={() => onOnly({ user: String(row.user_id) })}>
            Only this person
          </Button>
        )}
        <Button look="plain" size="small" onClick={() => onOnly({ action: row.action })}>
          Only “{actionWord(row.action)}”
        </Button>
        <Button look="plain" size="small" onClick={() => onOnly({ subject: row.subject })}>
          Only about this
        </Button>
      </div>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  )
}
