/** What own limits and breaks say. Pure: times are passed in, amounts are minor units. */

import type { Limit, LimitRequest, Wallet } from '@/api/types'
import { AMOUNT_MAX } from '@/shared/bounds'
import { type Currency, type Minor, money, parseMoney } from '@/shared/money'
import { dayAndTime } from '@/shared/time'

export type LimitKind = LimitRequest['kind']
export type Period = LimitRequest['period']

export const KINDS: Array<{ kind: LimitKind; title: string; means: string }> = [
  { kind: 'stake', title: 'Stakes', means: 'The most you bet. A bet over it is refused.' },
  {
    kind: 'loss',
    title: 'Losses',
    means: 'The most you lose: what you bet less what came back. A pending bet counts until it is decided.',
  },
  { kind: 'deposit', title: 'Deposits', means: 'The most you pay in. The desk cannot take more.' },
]

/** Periods roll: a day is the last 24 hours at every moment, and not from midnight on. */
export const PERIODS: Array<{ period: Period; words: string; rolls: string }> = [
  { period: 'day', words: 'A day', rolls: 'any 24 hours' },
  { period: 'week', words: 'A week', rolls: 'any 7 days' },
  { period: 'month', words: 'A month', rolls: 'any 30 days' },
]

/** The most the API takes for an amount. */

export interface CurrentLimit {
  /** Null: none. */
  amount: Minor | null
  used: Minor
  /** The change that is still to come. */
  next: { amount: Minor | null; at: string } | null
}

export function currentLimit(
  limits: Limit[],
  wallet: Wallet,
  which: { kind: LimitKind; period: Period },
): CurrentLimit {
  const isIt = (one: { kind: string; period: string }) =>
    one.kind === which.kind && one.period === which.period
  const limit = limits.find((one) => one.tournament_id === wallet.tournament_id && isIt(one))
  return {
    amount: limit?.amount ?? null,
    used: wallet.limits.find(isIt)?.used ?? 0,
    next: limit?.next_at ? { amount: limit.next_amount, at: limit.next_at } : null,
  }
}

/** "€50.00, €20.00 of it used". */
export function nowWords({ amount, used }: CurrentLimit, currency: Currency): string {
  if (amount === null) return 'No limit'
  return used > amount
    ? `${money(amount, currency)}, used up by ${money(used, currency)}`
    : `${money(amount, currency)}, ${money(used, currency)} of it used`
}

/** "€100.00 from tomorrow 14:32". */
export function nextWords(next: NonNullable<CurrentLimit['next']>, currency: Currency, now: number): string {
  const what = next.amount === null ? 'No limit' : money(next.amount, currency)
  return `${what} from ${dayAndTime(next.at, now)}`
}

/** What a wish will do, before it is sent. */
export function effectWords(current: CurrentLimit, wanted: Minor | null, currency: Currency): string {
  const { amount } = current
  const isHigher = amount !== null && (wanted === null || wanted > amount)
  if (isHigher) return `Counts in 24 hours. Until then ${money(amount, currency)} stays.`
  if (wanted === 0) return 'Counts at once. Nothing is left.'
  return 'Counts at once.'
}

/** What is wrong with a typed amount; undefined where it is one. */
export function wrongAmount(text: string, currency: Currency): string | undefined {
  if (text.trim() === '') return 'Say an amount.'
  const amount = parseMoney(text, currency.exponent)
  if (amount === null) return undefined // The field itself says what an amount looks like.
  return amount > AMOUNT_MAX ? `At most ${money(AMOUNT_MAX, currency)}.` : undefined
}

export type BreakKind = 'day' | 'week' | 'days30' | 'months6' | 'year' | 'good'

export const BREAKS: Array<{ kind: BreakKind; words: string; isExclusion: boolean }> = [
  { kind: 'day', words: '24 hours', isExclusion: false },
  { kind: 'week', words: '7 days', isExclusion: false },
  { kind: 'days30', words: '30 days', isExclusion: false },
  { kind: 'months6', words: '6 months', isExclusion: true },
  { kind: 'year', words: '1 year', isExclusion: true },
  { kind: 'good', words: 'For good', isExclusion: true },
]

const DAY_MS = 86_400_000

/** When a break ends that begins now; null is never. A month's end that is missing becomes the next month's first days. */
export function breakEnd(kind: BreakKind, now: Date): Date | null {
  const later = (days: number) => new Date(now.getTime() + days * DAY_MS)
  const inMonths = (months: number) => {
    const end = new Date(now)
    end.setUTCMonth(end.getUTCMonth() + months)
    return end
  }
  switch (kind) {
    case 'day':
      return later(1)
    case 'week':
      return later(7)
    case 'days30':
      return later(30)
    case 'months6':
      return inMonths(6)
    case 'year':
      return inMonths(12)
    case 'good':
      return null
  }
}

/** The API says "for good" as the year 9999. */
export const isForGood = (until: string) => until.startsWith('9999')

/** "until tomorrow 14:32", "for good". */
export function untilWords(until: Date | string | null, now: number): string {
  if (until === null || (typeof until === 'string' && isForGood(until))) return 'for good'
  return `until ${dayAndTime(typeof until === 'string' ? until : until.getTime(), now)}`
}
