import { expect, it } from 'vitest'
import { left } from './time'

it('says what is left, coarser where it is far', () => {
  expect(left(134_000)).toBe('2:14')
  expect(left(5_530_000)).toBe('1h 32m')
  expect(left(2 * 86_400_000 + 3 * 3_600_000)).toBe('2d 3h')
})

it('never says less than nothing', () => {
  expect(left(-5000)).toBe('0:00')
})
