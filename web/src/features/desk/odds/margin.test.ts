import { expect, it } from 'vitest'
import { marginBps, marginText, ODDS_MIN, oddsOfChance, rescaled, toneOf } from './margin'

it('says what the house keeps of a book', () => {
  expect(marginBps([1900, 1900])).toBe(526)
  expect(marginBps([2450, 3250, 2950])).toBe(548)
  expect(marginText(526)).toBe('5.26 %')
})

it('finds no margin in a fair book, however its shares are floored', () => {
  expect(marginBps([2000, 2000])).toBe(0)
  expect(marginBps([3000, 3000, 3000])).toBe(0)
  expect(marginBps(Array.from({ length: 200 }, () => 200_000))).toBe(0)
})

it('warns below zero and above a fifth', () => {
  expect(marginBps([2100, 2100])).toBe(-476)
  expect(marginText(-476)).toBe('−4.76 %')
  expect(marginText(-5)).toBe('−0.05 %')
  expect([-1, 0, 2000, 2001].map(toneOf)).toEqual(['negative', 'fine', 'fine', 'high'])
})

it('has no margin where nothing is priced', () => {
  expect(marginBps([])).toBeNull()
})

it('measures a market of several places by its places', () => {
  // Three of six win, each an even chance: fair at 2.00.
  const six = Array.from({ length: 6 }, () => 2000)
  expect(marginBps(six, 3)).toBe(0)
  expect(marginBps(six)).toBe(20_000)
})

it('rounds a margin to the nearest basis point, on both sides of zero', () => {
  // 1/1.998 twice is 10,010.01 bps; 1/2.002 twice is 9,990.01.
  expect(marginBps([1998, 1998])).toBe(10)
  expect(marginBps([2002, 2002])).toBe(-10)
})

it('rescales to a margin at the target or just above it', () => {
  const odds = rescaled([2450, 3250, 2950], 800)
  expect(odds).toEqual([2390, 3170, 2880])
  const margin = marginBps(odds)!
  expect(margin).toBeGreaterThanOrEqual(800)
  expect(margin).toBeLessThan(850)
})

it('rescales a long field without leaving what odds may be', () => {
  const odds = rescaled([1020, 900_000, 1_000_000], 500)
  expect(Math.min(...odds)).toBeGreaterThanOrEqual(ODDS_MIN)
  expect(Math.max(...odds)).toBeLessThanOrEqual(1_000_000)
})

it('takes a chance for odds, floored for the house', () => {
  expect(oddsOfChance(4500)).toBe(2220)
  expect(oddsOfChance(10_000)).toBe(ODDS_MIN)
  expect(oddsOfChance(1)).toBe(1_000_000)
  expect(oddsOfChance(0)).toBeNull()
  expect(oddsOfChance(10_001)).toBeNull()
})
