import { expect, it } from 'vitest'
import { dayAndTime, exactTime, left, startTime } from './time'

it('says what is left, coarser where it is far', () => {
  expect(left(134_000)).toBe('2:14')
  expect(left(5_530_000)).toBe('1h 32m')
  expect(left(2 * 86_400_000 + 3 * 3_600_000)).toBe('2d 3h')
})

it('never says less than nothing', () => {
  expect(left(-5000)).toBe('0:00')
})

it('says a moment to the second, with its zone', () => {
  expect(exactTime('2026-11-24T14:32:07.512Z', 'UTC')).toBe('Tue 24 Nov 2026, 14:32:07 UTC')
})

it('says a day as today, tomorrow or its date', () => {
  const now = new Date(2026, 10, 24, 23, 50).getTime()
  expect(dayAndTime(new Date(2026, 10, 24, 23, 59).getTime(), now)).toBe('today 23:59')
  expect(dayAndTime(new Date(2026, 10, 25, 0, 5).getTime(), now)).toBe('tomorrow 00:05')
  expect(dayAndTime(new Date(2026, 10, 28, 9, 0).getTime(), now)).toBe('Sat 28 Nov, 09:00')
  expect(dayAndTime(new Date(2027, 4, 1, 9, 0).getTime(), now)).toBe('Sat 1 May 2027, 09:00')
})

it('says when a match starts with the zone that is', () => {
  const at = Date.UTC(2026, 10, 28, 13, 30)
  expect(startTime(at, at)).toMatch(/^today \d\d:\d\d \S+$/)
  expect(startTime(at, at - 40 * 86_400_000)).toMatch(/^Sat 28 Nov, \d\d:\d\d \S+$/)
})
