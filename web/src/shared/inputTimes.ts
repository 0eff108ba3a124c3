/** Times as a form asks for them: on the reader's clock, to the minute. Pure but for the reader's zone. */

const pad = (n: number) => String(n).padStart(2, '0')

/** "2026-06-11T19:00", as a datetime-local input wants it; empty for no time. */
export function inputTime(at: string | number | null): string {
  if (at === null) return ''
  const date = new Date(at)
  return `${String(date.getFullYear()).padStart(4, '0')}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`
}

/** The same to the second: a true start is told by it. */
export function inputMoment(at: string | number | null): string {
  return at === null ? '' : `${inputTime(at)}:${pad(new Date(at).getSeconds())}`
}

/** The moment in UTC, as the API wants it; null where nothing, or no time, stands there. */
export function momentOf(text: string): string | null {
  const date = new Date(text)
  return text === '' || Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** Where the reader's clock is, for the words beside a time. */
export const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone
