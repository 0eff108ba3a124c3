import { expect, it } from 'vitest'
import { readOdds, stepped } from './entry'

it('reads odds as people write them', () => {
  expect(['2.28', '2,28', ' 3 ', '1.875', '1000'].map(readOdds)).toEqual([2280, 2280, 3000, 1875, 1_000_000])
  expect(['45%', '45 %', '12,5%'].map(readOdds)).toEqual([2220, 2220, 8000])
  expect(['7/4', '1/1', '1/3'].map(readOdds)).toEqual([2750, 2000, 1333])
})

it('reads no odds where there are none', () => {
  for (const text of ['', 'x', '0.99', '1000.01', '2.2811', '-2', '1e3', '1/0', '101%', '٢', '2.28.1'])
    expect(readOdds(text), text).toBeNull()
})

it('steps on the ladder, whose rungs grow with the odds', () => {
  expect([1990, 2000, 2990, 3000, 6000, 100_000].map((odds) => stepped(odds, 1))).toEqual([
    2000, 2020, 3000, 3050, 6200, 110_000,
  ])
  expect([2000, 2020, 3000, 6000, 100_000].map((odds) => stepped(odds, -1))).toEqual([
    1990, 2000, 2980, 5900, 95_000,
  ])
})

it('comes back to the ladder from between two rungs, and stays on it', () => {
  expect(stepped(2011, 1)).toBe(2020)
  expect(stepped(2011, -1)).toBe(2000)
  expect(stepped(1010, -1)).toBe(1010)
  expect(stepped(1_000_000, 1)).toBe(1_000_000)
})
