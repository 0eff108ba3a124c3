import { expect, it } from 'vitest'
import type { Market } from '@/api/types'
import { AMOUNT_MAX, TOTAL_MAX } from '@/shared/bounds'
import { textsOf } from '../marketTerms'
import { readTerms } from './terms'

const EUR = { currency: 'EUR', exponent: 2 }
const JPY = { currency: 'JPY', exponent: 0 }
const KWD = { currency: 'KWD', exponent: 3 }

const market = {
  name: 'Match winner',
  kind: 'pool',
  closes_at: '2026-06-11T19:00:30Z',
  closes_offset_s: null,
  takeout_bps: 1250,
  break_to_milli: 10,
  minimum_milli: 1000,
  places: 1,
  liability_max: null,
  stake_min: 1,
  stake_max: AMOUNT_MAX,
  total_max: TOTAL_MAX,
} as Market

it('shows terms as one would type them, and no limit as nothing', () => {
  expect(textsOf(market, EUR)).toMatchObject({
    takeout_bps: '12.50',
    break_to_milli: '0.010',
    minimum_milli: '1',
    liability_max: '',
    stake_min: '0.01',
    stake_max: '',
    total_max: '',
  })
})

it('asks for nothing where nothing was changed, not even the seconds of a time', () => {
  expect(readTerms(textsOf(market, EUR), market, EUR)).toEqual({ body: {}, wrong: {} })
})

it('asks for what was changed, in minor units of the currency', () => {
  const read = (currency: typeof EUR, texts: object) =>
    readTerms({ ...textsOf(market, currency), ...texts }, market, currency).body
  expect(read(EUR, { stake_max: '50', liability_max: '1000,50' })).toEqual({
    stake_max: 5000,
    liability_max: 100_050,
  })
  expect(read(JPY, { stake_max: '50' })).toEqual({ stake_max: 50 })
  expect(read(KWD, { stake_max: '1.250' })).toEqual({ stake_max: 1250 })
  expect(read(EUR, { takeout_bps: '5', break_to_milli: '0.05', closes_at: '' })).toEqual({
    takeout_bps: 500,
    break_to_milli: 50,
    closes_at: null,
  })
})

it('takes limits away again', () => {
  const limited = { ...market, liability_max: 500, stake_max: 200 } as Market
  const texts = { ...textsOf(limited, EUR), liability_max: '', stake_max: '' }
  expect(readTerms(texts, limited, EUR).body).toEqual({ liability_max: null, stake_max: AMOUNT_MAX })
})

it('says at its field what is wrong', () => {
  const texts = { ...textsOf(market, JPY), stake_max: '1.5', places: 'x', name: ' ' }
  expect(Object.keys(readTerms(texts, market, JPY).wrong).sort()).toEqual(['name', 'places', 'stake_max'])
})

it('sends a closing that goes with the start, and then no time of its own', () => {
  const texts = { ...textsOf(market, EUR), closes_at: '2026-06-11T20:00' }
  expect(readTerms({ ...texts, closes_offset_s: '-300' }, market, EUR).body).toEqual({
    closes_offset_s: -300,
  })
  const following = { ...market, closes_offset_s: 0 } as Market
  expect(readTerms({ ...textsOf(following, EUR), closes_offset_s: 'own' }, following, EUR).body).toEqual({
    closes_offset_s: null,
  })
})
