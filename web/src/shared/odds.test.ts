import { expect, it } from 'vitest'
import { formatOdds, lostToRounding, oddsText, parseOdds, poolOdds, returnOf } from './odds'

const rules = {
  takeout_bps: 500,
  break_to_milli: 10,
  minimum_milli: 1000,
  division: 'profit',
  places: 1,
  started_with: 0,
  guaranteed: 0,
  carried: 0,
  carried_gross: 0,
} as const

it('writes decimal odds with two decimals, three where the third is not zero', () => {
  expect(formatOdds(2280)).toBe('2.28')
  expect(formatOdds(1875)).toBe('1.875')
  expect(formatOdds(10_000)).toBe('10.00')
  expect(formatOdds(null)).toBe('no bets yet')
})

it('groups thousands where odds are read, and not where they are sent', () => {
  expect(formatOdds(1_000_000)).toBe('1,000.00')
  expect(oddsText(1_000_000)).toBe('1000.00')
  expect(formatOdds(1_000_000, 'fractional')).toBe('999/1')
  expect(formatOdds(1_000_000, 'american')).toBe('+99,900')
})

it('writes the shortest odds without calling them longer', () => {
  expect([1000, 1001, 1010].map((odds) => formatOdds(odds))).toEqual(['1.00', '1.001', '1.01'])
  expect([1000, 1001, 1010].map((odds) => formatOdds(odds, 'fractional'))).toEqual([
    '0/1',
    '1/1,000',
    '1/100',
  ])
  expect([1000, 1001, 1010].map((odds) => formatOdds(odds, 'american'))).toEqual([
    '+0',
    '−100,000',
    '−10,000',
  ])
})

it('reads its own decimal text', () => {
  for (const odds of [1000, 1010, 2280, 1875, 100_000]) expect(parseOdds(oddsText(odds))).toBe(odds)
  expect(parseOdds('2.5')).toBe(2500)
})

it('writes fractional odds in the steps that are quoted', () => {
  expect(formatOdds(2400, 'fractional')).toBe('7/5')
  expect(formatOdds(2000, 'fractional')).toBe('1/1')
  expect(formatOdds(1500, 'fractional')).toBe('1/2')
  expect(formatOdds(251_000, 'fractional')).toBe('250/1')
})

it('writes American odds by the side of even money', () => {
  expect(formatOdds(2400, 'american')).toBe('+140')
  expect(formatOdds(2000, 'american')).toBe('+100')
  expect(formatOdds(1500, 'american')).toBe('−200')
})

it('promises in no format more than decimal pays', () => {
  const paid = (text: string): number => {
    const [a = 0, b = 1] = text.replaceAll(',', '').replace('−', '-').split('/').map(Number)
    if (text.includes('/')) return 1000 + (a * 1000) / b
    return a > 0 ? 1000 + a * 10 : a < 0 ? 1000 + 100_000 / -a : 1000
  }
  for (let odds = 1000; odds < 130_000; odds += 7) {
    for (const format of ['fractional', 'american'] as const)
      expect(paid(formatOdds(odds, format)), `${odds} as ${format}`).toBeLessThanOrEqual(odds + 1e-9)
  }
})

it('works out the odds of a pool as the server does', () => {
  // 100.00 staked, 5 % takeout, 40.00 on it: 95 / 40 = 2.375, floored to 0.01.
  expect(poolOdds(4000, [6000], rules)).toBe(2370)
  expect(poolOdds(10_000, [0], rules)).toBe(1000)
  expect(poolOdds(0, [10_000], rules)).toBeNull()
})

it('floors the takeout in favour of the bettors', () => {
  // 5 % of 1.99 is 0.0995: nine cents are taken, 190 stay.
  expect(poolOdds(100, [99], { ...rules, break_to_milli: 1 })).toBe(1900)
})

it('stays exact for pools beyond what a double can multiply', () => {
  expect(poolOdds(3_000_000_000_000_000, [6_000_000_000_000_000], rules)).toBe(2850)
})

it('has in a pool what the house and earlier pools put in', () => {
  expect(poolOdds(4000, [6000], { ...rules, started_with: 1000, carried: 500 })).toBe(2750)
  expect(poolOdds(4000, [6000], { ...rules, carried_gross: 10_000 })).toBe(4750)
  expect(poolOdds(4000, [6000], { ...rules, guaranteed: 20_000 })).toBe(5000)
})

it('takes it of a place that the other places go to the largest', () => {
  // Profit 95 − 10 − 60 = 25, half of it: 1 + 12.5 / 10.
  expect(poolOdds(1000, [3000, 6000], { ...rules, places: 2 })).toBe(2250)
  expect(poolOdds(1000, [9000], { ...rules, places: 2, division: 'pool' })).toBe(4750)
  expect(poolOdds(9000, [1000], { ...rules, places: 2 })).toBe(1000)
})

it('says what rounding takes where it is much', () => {
  expect(lostToRounding(1, 1720, 0)).toBe('1.72')
  expect(lostToRounding(9, 1720, 0)).toBe('15.48')
  expect(lostToRounding(100, 1720, 0)).toBeNull()
  expect(lostToRounding(1000, 1720, 2)).toBeNull()
  expect(lostToRounding(1, 1900, 2)).toBe('0.019')
  expect(lostToRounding(5, 1000, 0)).toBeNull()
})

it('floors a return once', () => {
  expect(returnOf(2500, 2260)).toBe(5650)
  expect(returnOf(333, 1333)).toBe(443)
})
