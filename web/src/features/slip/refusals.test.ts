import { expect, it } from 'vitest'
import type { BetRequest, Refusal } from './machine'
import { refusalText } from './refusals'

const request = { stake: 2500 } as BetRequest
const EUR = { currency: 'EUR', exponent: 2 }
const said = (refusal: Partial<Refusal>, waiting = false) =>
  refusalText({ code: '', title: 'No', ...refusal }, request, { currency: EUR, format: 'decimal', waiting })

const CODES = [
  'UNKNOWN_OUTCOME',
  'KEY_REUSED',
  'CURRENCY',
  'NOT_A_MEMBER',
  'BLOCKED',
  'STAFF',
  'EXCLUDED',
  'KYC',
  'MARKET_CLOSED',
  'OUTCOME_WITHDRAWN',
  'MARKET_SUSPENDED',
  'STAKE_LIMIT',
  'ODDS_MOVED',
  'OWN_LIMIT',
  'FUNDS',
  'LIABILITY',
  'MARKET_LIMIT',
  'TOO_BUSY',
  'NOT_TAKEN',
  'SIGN_IN',
]

it('says of every refusal that nothing was taken, and offers a way on', () => {
  for (const code of CODES) {
    const { title, text, way } = said({ code })
    expect(title, code).toMatch(/\.$/)
    expect(text, code).toContain('Nothing was taken.')
    expect(way.label, code).not.toBe('')
  }
})

it('offers the stake that would be taken', () => {
  expect(said({ code: 'FUNDS', balance: 1250 }).way).toMatchObject({
    stake: 1250,
    label: 'Change stake to €12.50',
  })
  expect(said({ code: 'OWN_LIMIT', left: 1800 }).way).toMatchObject({
    stake: 1800,
    label: 'Change stake to €18.00',
  })
  expect(said({ code: 'LIABILITY', left: 900 }).way).toMatchObject({ stake: 900 })
})

it('offers the bound that the stake broke', () => {
  expect(said({ code: 'STAKE_LIMIT', minimum: 5000, maximum: 9000 }).way).toMatchObject({ stake: 5000 })
  expect(said({ code: 'STAKE_LIMIT', minimum: 100, maximum: 2000 }).way).toMatchObject({ stake: 2000 })
})

it('offers no stake where nothing is left', () => {
  expect(said({ code: 'OWN_LIMIT', left: 0 }).way.do).toBe('leave')
  expect(said({ code: 'FUNDS', balance: 0 }).way.do).toBe('wallet')
})

it('offers the odds of now', () => {
  expect(said({ code: 'ODDS_MOVED', odds: 2050 }).way).toMatchObject({ odds: 2050, label: 'Use 2.05' })
})

it('says that it waits, once told to', () => {
  expect(said({ code: 'MARKET_SUSPENDED' }, true).way.label).toBe('Waiting for it to reopen')
})

it('names the own limit that stands in the way, and what it leaves', () => {
  const limits = [
    { kind: 'stake' as const, period: 'week' as const, amount: 50_000, used: 10_000 },
    { kind: 'stake' as const, period: 'day' as const, amount: 15_000, used: 13_200 },
    { kind: 'deposit' as const, period: 'day' as const, amount: 100, used: 100 },
  ]
  const refusal = { code: 'OWN_LIMIT', title: 'No', left: 1800 }
  const { title, text, way } = refusalText(refusal, request, {
    currency: EUR,
    format: 'decimal',
    waiting: false,
    limits,
  })
  expect(title).toBe('Over your daily limit.')
  expect(text).toBe('You set a limit of €150.00 a day and have €18.00 left. Nothing was taken.')
  expect(way).toEqual({ do: 'stake', stake: 1800, label: 'Change stake to €18.00' })
  const told = { currency: EUR, format: 'decimal' as const, waiting: false }
  const loss = { kind: 'loss' as const, period: 'month' as const, amount: 20_000, used: 19_000 }
  expect(refusalText(refusal, request, { ...told, limits: [...limits, loss] }).title).toBe(
    'Over your monthly loss limit.',
  )
})
