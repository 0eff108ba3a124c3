import { expect, test } from 'vitest'
import { smallestPaid } from './smallest'

test('one point at 1.72 pays one: of all odds those that lose most are named', () => {
  expect(smallestPaid(1, [3000, 1720, null, 2500], 0)).toEqual({
    stake: 1,
    odds: 1720,
    pays: 1,
    roundedFrom: '1.72',
  })
})

test('where nothing is lost, what it pays is said without a warning', () => {
  expect(smallestPaid(100, [1720], 2)).toEqual({ stake: 100, odds: 1720, pays: 172, roundedFrom: null })
  expect(smallestPaid(1, [2000], 0)).toEqual({ stake: 1, odds: 2000, pays: 2, roundedFrom: null })
})

test('odds of 1.00 win nothing, and without odds there is nothing to say', () => {
  expect(smallestPaid(1, [null, 1000], 0)).toBeNull()
  expect(smallestPaid(1, [], 0)).toBeNull()
})
