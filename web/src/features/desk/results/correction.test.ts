import { expect, it } from 'vitest'
import type { Preview } from '@/api/types'
import { changesBetween } from './changed'
import { correctionWords, settleWords } from './correction'

const EUR = { currency: 'EUR', exponent: 2 }
const none = { taken_back: 0, taken_from: 0, paid_more: 0, paid_to: 0, receivable: 0, owing: 0 }

it('says what a settlement pays and refunds', () => {
  const words = (bets: number, paid: number, refunds: number) =>
    settleWords({ bets, paid, refunds } as Preview, EUR)
  expect(words(14, 120_400, 0)).toBe('Pay out €1,204.00')
  expect(words(1, 0, 500)).toBe('Refund €5.00')
  expect(words(3, 1000, 500)).toBe('Pay out €10.00, refund €5.00')
})

it('says what a correction takes back and pays', () => {
  const both = { ...none, taken_back: 31_000, taken_from: 4, paid_more: 12_000, paid_to: 2 }
  expect(correctionWords(both, EUR)).toBe('Apply correction: €310.00 back from 4 bettors, €120.00 to 2')
  expect(correctionWords({ ...none, paid_more: 500, paid_to: 1 }, EUR)).toBe(
    'Apply correction: €5.00 to 1 bettor',
  )
  expect(correctionWords(none, EUR)).toBe('Correct the result: nobody is paid differently')
})

it('says what changed between two previews', () => {
  const outcome = {
    outcome_id: 1,
    name: 'Mexico',
    stakes: 1,
    bets: 1,
    dividend: '2.10',
    label: 'won',
    paid: 1,
  }
  const before = { bets: 14, gross: 100_000, paid: 90_000, outcomes: [outcome] } as unknown as Preview
  const after = { ...before, bets: 13, paid: 88_000, outcomes: [{ ...outcome, dividend: '2.00' }] } as Preview
  expect(changesBetween(before, after, EUR)).toEqual([
    'Bets 14 → 13',
    'Paid €900.00 → €880.00',
    'Mexico pays 2.10 → 2.00',
  ])
  expect(changesBetween(before, before, EUR)).toEqual(['The terms of the settlement'])
})
