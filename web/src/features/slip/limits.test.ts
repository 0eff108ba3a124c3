import { expect, it } from 'vitest'
import type { Wallet } from '@/api/types'
import { market } from '@/feed/fixtures'
import { boundsOf, checkFrom, gateOf } from './limits'

const wallet = (more: Partial<Wallet> = {}): Wallet => ({
  id: 1,
  tournament_id: 1,
  slug: 'open',
  user_id: 1,
  balance: 41_250,
  owed: 0,
  currency: 'EUR',
  exponent: 2,
  limits: [],
  ...more,
})
const daily = { kind: 'stake' as const, period: 'day' as const, amount: 15_000, used: 1800 }
const open = { phase: 'open', opensAt: null, isWithdrawn: false } as const

it('lets the whole wallet be staked where nothing else bounds it', () => {
  expect(boundsOf(wallet(), market(5, [51]))).toEqual({ least: 1, most: 41_250, by: 'wallet' })
})

it('is bounded by the tightest of own limit, wallet and market', () => {
  expect(boundsOf(wallet({ limits: [daily] }), undefined)).toMatchObject({ most: 13_200, by: 'limit' })
  expect(boundsOf(wallet({ limits: [daily], balance: 500 }), undefined)).toMatchObject({
    most: 500,
    by: 'wallet',
  })
  const narrow = market(5, [51], { stake_min: 100, stake_max: 1000 })
  expect(boundsOf(wallet({ limits: [daily] }), narrow)).toEqual({ least: 100, most: 1000, by: 'market' })
})

it('takes a used-up limit for nothing left, never for less', () => {
  expect(boundsOf(wallet({ limits: [{ ...daily, used: 20_000 }] }), undefined).most).toBe(0)
})

it('says why a bet cannot be placed, the market before the money', () => {
  const bounds = { least: 100, most: 1000, by: 'limit' as const }
  expect(gateOf(500, bounds, open, 0)).toBeNull()
  expect(gateOf(null, bounds, open, 0)).toEqual({ why: 'no-stake' })
  expect(gateOf(50, bounds, open, 0)).toEqual({ why: 'low', least: 100 })
  expect(gateOf(1500, bounds, open, 0)).toEqual({ why: 'over', over: 500, by: 'limit' })
  expect(gateOf(1500, bounds, { ...open, phase: 'suspended' }, 0)).toEqual({ why: 'suspended' })
  expect(gateOf(500, bounds, { ...open, phase: 'early', opensAt: 99 }, 0)).toEqual({
    why: 'early',
    opensAt: 99,
  })
  expect(gateOf(500, bounds, { ...open, phase: 'closed' }, 0)).toEqual({ why: 'closed' })
  expect(gateOf(500, bounds, { ...open, isWithdrawn: true }, 0)).toEqual({ why: 'withdrawn' })
})

it('a bettor who owes pays back first, whatever is staked', () => {
  const open = { phase: 'open', opensAt: null, isWithdrawn: false } as const
  const bounds = boundsOf(wallet({ balance: 0, owed: 18_000 }), undefined)
  expect(gateOf(500, bounds, open, 18_000)).toEqual({ why: 'owes', owed: 18_000 })
  expect(gateOf(null, bounds, open, 18_000)).toEqual({ why: 'owes', owed: 18_000 })
  expect(gateOf(500, bounds, { ...open, phase: 'closed' }, 18_000)).toEqual({ why: 'closed' })
})

it('asks once more from what a hundred euros are in the currency', () => {
  expect(checkFrom({ currency: 'EUR', exponent: 2 })).toBe(10_000)
  expect(checkFrom({ currency: 'JPY', exponent: 0 })).toBe(10_000)
  expect(checkFrom({ currency: 'KWD', exponent: 3 })).toBe(100_000)
})
