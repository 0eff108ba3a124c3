import { expect, it } from 'vitest'
import { isRight, MARKET_START, MATCH_START, nextMarket, nextMatch, readMarket, readMatch } from './draft'

const EUR = { currency: 'EUR', exponent: 2 }
const JPY = { currency: 'JPY', exponent: 0 }
const KWD = { currency: 'KWD', exponent: 3 }
const match = { name: 'Mexico v Norway', starts_at: '2026-06-11T19:00:00.000Z' }

it('makes the outcomes of the two sides in the name, and closes with the start', () => {
  const { body, wrong } = readMarket(MARKET_START, match, EUR)
  expect(isRight(wrong)).toBe(true)
  expect(body).toEqual({
    name: 'Match winner',
    kind: 'pool',
    liability_max: null,
    takeout_bps: 0,
    closes_at: match.starts_at,
    outcomes: [{ name: 'Mexico' }, { name: 'Norway' }],
  })
})

it('sends the odds of a fixed market, and refuses those of a pool', () => {
  const outcomes = 'Mexico\t2.10\nNorway\t1,75'
  const fixed = readMarket({ ...MARKET_START, kind: 'fixed', outcomes }, match, EUR)
  expect(fixed.body.outcomes).toEqual([
    { name: 'Mexico', odds: '2.10' },
    { name: 'Norway', odds: '1.75' },
  ])
  expect(fixed.odds).toEqual([2100, 1750])
  expect(readMarket({ ...MARKET_START, outcomes }, match, EUR).wrong.outcomes).toMatch(/Mexico has odds/)
})

it('reads amounts in the currency of the tournament', () => {
  const liability = (text: string, currency: typeof EUR) => {
    const { body, wrong } = readMarket({ ...MARKET_START, kind: 'fixed', liability: text }, match, currency)
    return wrong.liability ?? body.liability_max
  }
  expect(liability('500', EUR)).toBe(50_000)
  expect(liability('500', JPY)).toBe(500)
  expect(liability('1.250', KWD)).toBe(1250)
  expect(liability('1.5', JPY)).toBe('An amount in figures.')
})

it('says at its field what is wrong', () => {
  expect(readMatch(MATCH_START).wrong.name).toBe('A match needs a name.')
  expect(readMatch({ ...MATCH_START, name: 'x'.repeat(201) }).wrong.name).toMatch(/200/)
  expect(readMarket({ ...MARKET_START, takeout: '51' }, match, EUR).wrong.takeout).toBe('At most 50 %.')
  expect(readMarket({ ...MARKET_START, takeout: 'x' }, match, EUR).wrong.takeout).toMatch(/Per cent/)
  expect(readMarket({ ...MARKET_START, market: ' ' }, match, EUR).wrong.market).toBeDefined()
})

it('keeps for the next match what a round shares', () => {
  const draft = { name: 'A v B', round: 'Final', venue: 'Court 1', startsAt: '2026-06-11T19:00' }
  expect(nextMatch(draft)).toEqual({ ...draft, name: '' })
  expect(nextMarket({ ...MARKET_START, kind: 'fixed', outcomes: 'x', closesAt: 'y' })).toMatchObject({
    kind: 'fixed',
    outcomes: null,
    closesAt: '',
  })
})
