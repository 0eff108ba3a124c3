import { expect, it } from 'vitest'
import type { Limit, Wallet } from '@/api/types'
import {
  breakEnd,
  type CurrentLimit,
  currentLimit,
  effectWords,
  nextWords,
  nowWords,
  untilWords,
  wrongAmount,
} from './words'

const EUR = { currency: 'EUR', exponent: 2 }
const JPY = { currency: 'JPY', exponent: 0 }
const KWD = { currency: 'KWD', exponent: 3 }
const NOW = new Date(2026, 10, 24, 14, 32).getTime()
const TOMORROW = new Date(2026, 10, 25, 14, 32).toISOString()

const none: CurrentLimit = { amount: null, used: 0, next: null }
const fifty: CurrentLimit = { amount: 5000, used: 2000, next: null }

it('finds a limit of this tournament with what of it is used', () => {
  const limit = { kind: 'stake', period: 'day', amount: 5000, next_amount: null, next_at: null }
  const limits: Limit[] = [
    { ...limit, tournament_id: 1, amount: 100 },
    { ...limit, tournament_id: 2 },
  ]
  const wallet = {
    tournament_id: 2,
    limits: [{ kind: 'stake', period: 'day', amount: 5000, used: 2000 }],
  } as Wallet
  expect(currentLimit(limits, wallet, { kind: 'stake', period: 'day' })).toEqual(fifty)
  expect(currentLimit(limits, wallet, { kind: 'stake', period: 'week' })).toEqual(none)
})

it('says how much of a limit is used, in its currency', () => {
  expect(nowWords(none, EUR)).toBe('No limit')
  expect(nowWords(fifty, EUR)).toBe('€50.00, €20.00 of it used')
  expect(nowWords(fifty, JPY)).toBe('¥5,000, ¥2,000 of it used')
  expect(nowWords(fifty, KWD)).toBe('KWD\u00a05.000, KWD\u00a02.000 of it used')
  expect(nowWords({ ...fifty, used: 9000 }, EUR)).toBe('€50.00, used up by €90.00')
})

it('says what is to come, and from when', () => {
  expect(nextWords({ amount: 10_000, at: TOMORROW }, EUR, NOW)).toBe('€100.00 from tomorrow 14:32')
  expect(nextWords({ amount: null, at: TOMORROW }, EUR, NOW)).toBe('No limit from tomorrow 14:32')
})

it('says that less counts at once and more waits', () => {
  expect(effectWords(none, 5000, EUR)).toBe('Counts at once.')
  expect(effectWords(fifty, 4000, EUR)).toBe('Counts at once.')
  expect(effectWords(fifty, 5001, EUR)).toBe('Counts in 24 hours. Until then €50.00 stays.')
  expect(effectWords(fifty, null, EUR)).toBe('Counts in 24 hours. Until then €50.00 stays.')
  expect(effectWords({ ...fifty, amount: 0 }, 1, EUR)).toBe('Counts in 24 hours. Until then €0.00 stays.')
})

it('says what is wrong with an amount before it is sent', () => {
  expect(wrongAmount(' ', EUR)).toBe('Say an amount.')
  expect(wrongAmount('25', EUR)).toBeUndefined()
  expect(wrongAmount('1000000001', EUR)).toBe('At most €1,000,000,000.00.')
  expect(wrongAmount('100000000001', JPY)).toBe('At most ¥100,000,000,000.')
})

it('counts a break from now on, by the calendar where it is long', () => {
  const now = new Date('2026-11-24T14:32:00Z')
  expect(breakEnd('day', now)?.toISOString()).toBe('2026-11-25T14:32:00.000Z')
  expect(breakEnd('days30', now)?.toISOString()).toBe('2026-12-24T14:32:00.000Z')
  expect(breakEnd('months6', now)?.toISOString()).toBe('2027-05-24T14:32:00.000Z')
  expect(breakEnd('year', now)?.toISOString()).toBe('2027-11-24T14:32:00.000Z')
  expect(breakEnd('good', now)).toBeNull()
  expect(breakEnd('months6', new Date('2026-08-31T12:00:00Z'))?.toISOString()).toBe(
    '2027-03-03T12:00:00.000Z',
  )
})

it('says until when a break runs, or that it is for good', () => {
  expect(untilWords(TOMORROW, NOW)).toBe('until tomorrow 14:32')
  expect(untilWords(null, NOW)).toBe('for good')
  expect(untilWords('9999-12-31T23:59:59.999999Z', NOW)).toBe('for good')
})
