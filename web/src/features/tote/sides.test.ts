import { expect, it } from 'vitest'
import { market } from '@/feed/fixtures'
import type { PulseRow } from '@/feed/messages'
import { sidePulse, sidesOf, topOf } from './sides'

const duel = sidesOf(market(5, [51, 52]))
const NOW = 100_500

it('stacks each second by side, and what is on neither last', () => {
  const pulse: PulseRow[] = [
    [98, 100, { 51: 100 }],
    [100, 900, { 51: 200, 52: 300, 61: 400 }],
  ]
  const { bars, peak, sums } = sidePulse(pulse, duel, NOW, 4)
  expect(bars).toEqual([
    [0, 0, 0],
    [100, 0, 0],
    [0, 0, 0],
    [200, 300, 400],
  ])
  expect(peak).toBe(900)
  expect(sums).toEqual([300, 300, 400])
})

it('forgets what is older than its window, and shows nothing of a future second', () => {
  const pulse: PulseRow[] = [
    [96, 7, { 51: 7 }],
    [101, 9, { 51: 9 }],
  ]
  expect(sidePulse(pulse, duel, NOW, 4)).toMatchObject({ peak: 0, sums: [0, 0, 0] })
})

it('is all grey where no match is shown', () => {
  expect(sidePulse([[100, 50, { 51: 50 }]], sidesOf(null), NOW, 1).bars).toEqual([[50]])
})

it('takes a large field as one side', () => {
  const race = sidesOf(market(5, [51, 52, 53, 54]))
  expect(race).toEqual([{ name: 'this match', outcomes: [51, 52, 53, 54] }])
  expect(sidePulse([[100, 90, { 51: 20, 54: 30, 61: 40 }]], race, NOW, 1).bars).toEqual([[50, 40]])
})

it('measures by a round amount that the tallest second fits under', () => {
  expect([0, 900, 1000, 1001, 2001, 5001, 9999, 14_000].map((peak) => topOf(peak, 2))).toEqual([
    1000, 1000, 1000, 2000, 3000, 6000, 10_000, 20_000,
  ])
  expect(topOf(11, 0)).toBe(20)
})
