/** Times as the board says them. Times are milliseconds since 1970; the clock is passed in. */

const pad = (n: number) => String(n).padStart(2, '0')

/** "2:14", "1h 32m", "3d 4h": what is left, coarser where it is far. Never below zero. */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h ${pad(Math.floor((seconds % 3600) / 60))}m`
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`
}

/** "14:32:07" on the reader's clock. */
export function clockTime(ms: number): string {
  const at = new Date(ms)
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
}

/** "13:58" today, "21 Nov, 13:58" on another day. */
export function shortTime(at: string | number, now: number): string {
  const date = new Date(at)
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  if (new Date(now).toDateString() === date.toDateString()) return time
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`
}

/** "Tue 24 Nov 2026, 14:32:07 UTC": to the second, with the zone it is told in (the reader's, unless given). */
export function exactTime(at: string | number, timeZone?: string): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(new Date(at))
  const day = part({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).replace(',', '')
  const time = part({
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  return `${day}, ${time}`
}

/** "today 14:32", "tomorrow 14:32", "Sat 28 Nov, 14:32", with the year where it is another: when something begins or ends. */
export function dayAndTime(at: string | number, now: number): string {
  const date = new Date(at)
  const today = new Date(now)
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate())
  const days = Math.round(
    (day.getTime() - new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime()) / 86_400_000,
  )
  if (days === 0) return `today ${time}`
  if (days === 1) return `tomorrow ${time}`
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric'
  const words = date.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year })
  return `${words.replace(',', '')}, ${time}`
}

/** "today 14:30 CET", "Sat 28 Nov, 14:30 CET": when a match starts, on the reader's clock, with the zone that is. */
export function startTime(at: number, now: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(new Date(at))
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return `${dayAndTime(at, now)} ${zone}`.trimEnd()
}
