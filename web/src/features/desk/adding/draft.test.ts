import { expect, it } from 'vitest'
import {
  isRight,
  MARKET_START,
  MATCH_START,
  type MarketDraft,
  nextMarket,
  nextMatch,
  readMarket,
  readMatch,
} from './draft'

const EUR = { currency: 'EUR', exponent: 2 }
const JPY = { currency: 'JPY', exponent: 0 }
const KWD = { currency: 'KWD', exponent: 3 }
const draft = (terms: object, outcomes: string | null = null): MarketDraft => ({
  terms: { ...MARKET_START.terms, ...terms },
  outcomes,
})
const match = { name: 'Mexico v Norway', starts_at: '2026-06-11T19:00:00.000Z' }

it('makes the outcomes of the two sides in the name, and closes with the start', () => {
  const { body, wrong } = readMarket(MARKET_START, match, EUR)
  expect(isRight(wrong)).toBe(true)
  expect(body).toEqual({
    name: 'Match winner',
    kind: 'pool',
    takeout_bps: 0,
    stake_min: 1,
    opens_at: null,
    closes_offset_s: 0,
    outcomes: [{ name: 'Mexico' }, { name: 'Norway' }],
  })
})

it('sends the odds of a fixed market, and refuses those of a pool', () => {
  const outcomes = 'Mexico\t2.10\nNorway\t1,75'
  const fixed = readMarket(draft({ kind: 'fixed' }, outcomes), match, EUR)
  expect(fixed.body.outcomes).toEqual([
    { name: 'Mexico', odds: '2.10' },
    { name: 'Norway', odds: '1.75' },
  ])
  expect(fixed.odds).toEqual([2100, 1750])
  expect(readMarket(draft({}, outcomes), match, EUR).wrong.outcomes).toMatch(/Mexico has odds/)
})

it('reads amounts in the currency of the tournament', () => {
  const liability = (text: string, currency: typeof EUR) => {
    const { body, wrong } = readMarket(draft({ kind: 'fixed', liability_max: text }), match, currency)
    return wrong.liability_max ?? body.liability_max
  }
  expect(liability('500', EUR)).toBe(50_000)
  expect(liability('500', JPY)).toBe(500)
  expect(liability('1.250', KWD)).toBe(1250)
  expect(liability('1.5', JPY)).toBe('An amount in figures.')
})

it('says at its field what is wrong', () => {
  expect(readMatch(MATCH_START).wrong.name).toBe('A match needs a name.')
  expect(readMatch({ ...MATCH_START, name: 'x'.repeat(201) }).wrong.name).toMatch(/200/)
  expect(readMarket(draft({ takeout_bps: '51' }), match, EUR).wrong.takeout_bps).toMatch(/at most 50/)
  expect(readMarket(draft({ takeout_bps: 'x' }), match, EUR).wrong.takeout_bps).toMatch(/Per cent/)
  expect(readMarket(draft({ name: ' ' }), match, EUR).wrong.name).toBeDefined()
})

it('keeps for the next match what a round shares', () => {
  const played = { name: 'A v B', round: 'Final', venue: 'Court 1', starts_at: '2026-06-11T19:00' }
  expect(nextMatch(played)).toEqual({ ...played, name: '' })
  expect(nextMarket(draft({ kind: 'fixed', closes_at: 'y' }, 'x'))).toMatchObject({
    terms: { kind: 'fixed', closes_at: '' },
    outcomes: null,
  })
})
