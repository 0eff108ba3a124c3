/** A market's terms as texts of a form, and what of them was changed, as the API wants it. Pure. */

import type { Market } from '@/api/types'
import { type Currency, parseMoney, typed } from '@/shared/money'
import type { Wrong } from '../said'
import { inputTime, momentOf } from '../times'

/** What the API takes for "no limit", and a form leaves empty. */
export const STAKE_MAX = 10 ** 11
export const TOTAL_MAX = 10 ** 15

export type Term =
  | 'name'
  | 'kind'
  | 'closes_at'
  | 'takeout_bps'
  | 'break_to_milli'
  | 'minimum_milli'
  | 'places'
  | 'liability_max'
  | 'stake_min'
  | 'stake_max'
  | 'total_max'

export type Texts = Record<Term, string>
export type Terms = Partial<Pick<Market, Term>>

export const TERMS: readonly Term[] = [
  'name',
  'kind',
  'closes_at',
  'takeout_bps',
  'break_to_milli',
  'minimum_milli',
  'places',
  'liability_max',
  'stake_min',
  'stake_max',
  'total_max',
]

/** What was promised to whoever bets: it stands from the first bet on. */
export const PROMISED: readonly Term[] = ['kind', 'takeout_bps', 'break_to_milli', 'minimum_milli', 'places']

export function textsOf(market: Market, { exponent }: Currency): Texts {
  return {
    name: market.name,
    kind: market.kind,
    closes_at: inputTime(market.closes_at),
    takeout_bps: typed(market.takeout_bps, 2),
    break_to_milli: typed(market.break_to_milli, 3),
    minimum_milli: typed(market.minimum_milli, 3),
    places: String(market.places),
    liability_max: market.liability_max === null ? '' : typed(market.liability_max, exponent),
    stake_min: typed(market.stake_min, exponent),
    stake_max: market.stake_max >= STAKE_MAX ? '' : typed(market.stake_max, exponent),
    total_max: market.total_max >= TOTAL_MAX ? '' : typed(market.total_max, exponent),
  }
}

function readTerm(term: Term, text: string, exponent: number): string | number | null | undefined {
  const said = text.trim()
  switch (term) {
    case 'name':
      return said || undefined
    case 'kind':
      return said
    case 'closes_at':
      return said === '' ? null : (momentOf(said) ?? undefined)
    case 'takeout_bps':
      return parseMoney(said || '0', 2) ?? undefined
    case 'break_to_milli':
    case 'minimum_milli':
      return parseMoney(said, 3) ?? undefined
    case 'places':
      return /^\d{1,2}$/.test(said) ? Number(said) : undefined
    case 'liability_max':
      return said === '' ? null : (parseMoney(said, exponent) ?? undefined)
    case 'stake_min':
      return parseMoney(said || '1', said ? exponent : 0) ?? undefined
    case 'stake_max':
      return said === '' ? STAKE_MAX : (parseMoney(said, exponent) ?? undefined)
    case 'total_max':
      return said === '' ? TOTAL_MAX : (parseMoney(said, exponent) ?? undefined)
  }
}

const WRONG: Record<Term, string> = {
  name: 'A market needs a name.',
  kind: '',
  closes_at: 'A day and a time.',
  takeout_bps: 'Per cent, with at most two decimals.',
  break_to_milli: 'A step such as 0.01.',
  minimum_milli: 'A dividend such as 1.00.',
  places: 'A whole number from 1 to 40.',
  liability_max: 'An amount in figures.',
  stake_min: 'An amount in figures.',
  stake_max: 'An amount in figures.',
  total_max: 'An amount in figures.',
}

/** Only what reads differently from how the market was shown: a time keeps its seconds where nobody touched it. */
export function readTerms(texts: Texts, market: Market, currency: Currency) {
  const before = textsOf(market, currency)
  const wrong: Wrong<Term> = {}
  const body: Record<string, string | number | null> = {}
  for (const term of TERMS) {
    if (texts[term] === before[term]) continue
    const value = readTerm(term, texts[term], currency.exponent)
    if (value === undefined) wrong[term] = WRONG[term]
    else if (value !== market[term]) body[term] = value
  }
  return { body: body as Terms, wrong }
}
