/** What a row is about: by name, where it has one, and as it is written in the log. */

import type { AuditRow } from '@/api/types'
import { subjectName } from '@/shared/auditDetails'

export function Subject({ row }: { row: AuditRow }) {
  const name = subjectName(row)
  return (
    <>
      {name !== null && <bdi>{name}</bdi>} <small>{row.subject}</small>
    </>
  )
}
