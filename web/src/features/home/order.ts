/** In what order tournaments are shown, and what is said of each. Pure; the server's time is passed in. */

import type { Tournament } from '@/api/types'
import { plural } from '@/shared/plural'
import { dayAndTime, left } from '@/shared/time'

export const isLive = (tournament: Tournament) => tournament.markets_open > 0 && !tournament.archived

const closing = (tournament: Tournament) =>
  tournament.closes_next === null ? Number.POSITIVE_INFINITY : Date.parse(tournament.closes_next)

/** What is open first, what closes soonest before what closes later, then the newest. */
export function openFirst(a: Tournament, b: Tournament): number {
  if (isLive(a) !== isLive(b)) return isLive(a) ? -1 : 1
  const [sooner, later] = [closing(a), closing(b)]
  return sooner === later ? b.id - a.id : sooner - later
}

export function stateWords(tournament: Tournament): string {
  if (tournament.archived) return 'Archived'
  return isLive(tournament) ? `${plural(tournament.markets_open, 'market')} open` : 'Nothing open'
}

const FAR_MS = 20 * 3_600_000

/** "next closes in 2:14", or when, where that is far; undefined where nothing is to close. */
export function closesWords(closesNext: string | null, now: number): string | undefined {
  if (closesNext === null) return undefined
  const ms = Date.parse(closesNext) - now
  if (ms <= 0) return 'closing now'
  return ms < FAR_MS ? `next closes in ${left(ms)}` : `next closes ${dayAndTime(closesNext, now)}`
}
