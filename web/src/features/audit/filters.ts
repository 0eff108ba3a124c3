/** What of the audit log is looked at, as it stands in the address: a look can be shared. Knows no React. */

/** A tournament whose log the reader may look at. */
export interface Auditable {
  id: number
  name: string
}

export interface Filters {
  tournament?: number
  /** A person: an id, or letters of their name. */
  user?: string
  /** One action, or "market." for all that begin so. */
  action?: string
  subject?: string
  /** ISO 8601 in UTC, as the API takes it. */
  from?: string
  to?: string
  /** The row the log is pinned at, or a time; nothing is now. */
  as_of?: string
}

const TEXTS = ['user', 'action', 'subject', 'from', 'to', 'as_of'] as const

/** Out of an address that anybody may have typed; what is none is left out. */
export function filtersOf(search: Record<string, unknown>): Filters {
  const filters: Filters = {}
  const tournament = Number(search.tournament)
  if (Number.isSafeInteger(tournament) && tournament > 0) filters.tournament = tournament
  for (const name of TEXTS) {
    const value = search[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
    if (text !== '') filters[name] = text
  }
  return filters
}

/** How many conditions there are, the tournament and the moment aside. */
export function countOf(filters: Filters): number {
  return (['user', 'action', 'subject', 'from', 'to'] as const).filter((name) => filters[name]).length
}

/** "2026-11-24T19:12:56" of a field, read as UTC; undefined where it is empty. */
export function utcOf(field: string): string | undefined {
  if (!field) return undefined
  const at = new Date(`${field}Z`)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** The other way round; empty where it is no time. */
export function fieldOf(utc: string | undefined): string {
  if (!utc) return ''
  const at = new Date(utc)
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 19)
}
