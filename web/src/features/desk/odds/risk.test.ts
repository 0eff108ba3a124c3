import { expect, it } from 'vitest'
import { riskOf } from './risk'

it('is amber from four fifths of the limit on, and full at it', () => {
  expect([7999, 8000, 9999, 10_000, 12_000].map((one) => riskOf(one, 10_000).level)).toEqual([
    'fine',
    'amber',
    'amber',
    'full',
    'full',
  ])
})

it('has no part of a limit that is not there', () => {
  expect(riskOf(500, null)).toEqual({ level: 'fine', percent: null })
  expect(riskOf(500, 0)).toEqual({ level: 'full', percent: 100 })
})

it('risks nothing where the house wins', () => {
  expect(riskOf(-500, 10_000)).toEqual({ level: 'none', percent: 0 })
})
