/** How a market's closing hangs on its match's start, in words. Pure. */

import { plural } from '@/shared/plural'
import { OWN_TIME } from './marketTerms'

const USUAL_OFFSETS_S = [0, -300, -600, -900, -1800, -3600]

/** "15 minutes", "2 hours", "1 day": how far two times are apart, as people say it. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000))
  if (minutes >= 1440) return plural(Math.round(minutes / 1440), 'day')
  if (minutes >= 120 || minutes === 60) return plural(Math.round(minutes / 60), 'hour')
  return plural(minutes, 'minute')
}

/** "With the start", "5 minutes before the start". */
export function offsetWords(seconds: number): string {
  if (seconds === 0) return 'With the start'
  return `${span(seconds * 1000)} ${seconds < 0 ? 'before' : 'after'} the start`
}

/** What a form offers, the one that stands there among them. */
export function closings(text: string) {
  const stands = text === OWN_TIME || text === '' ? [] : [Number(text)]
  const offsets = [...new Set([...USUAL_OFFSETS_S, ...stands])].sort((a, b) => b - a)
  return [
    ...offsets.map((seconds) => ({ value: String(seconds), label: offsetWords(seconds) })),
    { value: OWN_TIME, label: 'At a time of its own' },
  ]
}

interface Closing {
  closes_at: number | null
  closes_offset_s: number | null
}

/** What is said of a market's closing where its match is moved: null where it follows. */
export function closingBesideStart(market: Closing, startsAt: number | null): string | null {
  if (market.closes_offset_s !== null || market.closes_at === null || startsAt === null) return null
  const apart = market.closes_at - startsAt
  if (apart === 0) return null
  return `keeps closing ${span(apart)} ${apart > 0 ? 'after' : 'before'} the new start`
}

/** "15 minutes after the start": a market that does not close when its match begins says so. */
export function apartWords(closesAt: number, startsAt: number): string {
  return `${span(closesAt - startsAt)} ${closesAt < startsAt ? 'before' : 'after'} the start`
}
