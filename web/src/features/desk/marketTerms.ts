/**
 * The terms of a market, a record each: what asks for it, how it is shown there and read again, and when it is asked for.
 * The forms that add and edit markets are made from it. The names are the API's; to add a term, write it here and its word
 * in words/en.json. Pure.
 */

import type { components } from '@/api/schema'
import type { Market } from '@/api/types'
import type { MarketKind } from '@/feed/messages'
import { AMOUNT_MAX, NAME_LENGTH_MAX, PLACES_MAX, TAKEOUT_BPS_MAX, TOTAL_MAX } from '@/shared/bounds'
import { inputTime, momentOf } from '@/shared/inputTimes'
import { type Currency, parseMoney, typed } from '@/shared/money'
import { MARKET_STATUS_WORDS } from '@/shared/words'

export type Term = Exclude<keyof components['schemas']['MarketPatch'], 'version'>
export type Texts = Record<Term, string>
type Value = string | number | null

interface TermRule {
  input:
    | 'text'
    | 'kind'
    | 'time'
    | 'closing'
    | 'percent'
    | 'decimal'
    | 'whole'
    | 'money'
    | 'division'
    | 'carry'
    | 'pool'
  /** As one would type it. */
  show: (value: Value, currency: Currency) => string
  /** Undefined where what stands there is none. */
  read: (text: string, currency: Currency) => Value | undefined
  /** What is said where it is none. */
  wrong: string
  hint?: string
  /** Absent: to both. */
  appliesTo?: MarketKind
  /** Asked for when a market is added; the others are set in its terms. */
  isAsked?: boolean
  /** Bettors rely on it: it stands from the first bet on. */
  isPromised?: boolean
}

type Rest = Partial<Omit<TermRule, 'input' | 'show' | 'read'>>

const time = (rest: Rest): TermRule => ({
  input: 'time',
  show: (value) => inputTime(value),
  read: (text) => (text === '' ? null : (momentOf(text) ?? undefined)),
  wrong: 'A day and a time.',
  ...rest,
})

/** No amount at all, or the largest there is. */
const isNone = (value: number, none: number) => (none === 0 ? value === 0 : value >= none)

/** `none` is what the API takes for "no limit", and a form leaves empty. */
const amount = (none: number | null, rest: Rest = {}): TermRule => ({
  input: 'money',
  show: (value, { exponent }) =>
    value === null || (none !== null && isNone(Number(value), none)) ? '' : typed(Number(value), exponent),
  read: (text, { exponent }) => (text === '' ? none : (parseMoney(text, exponent) ?? undefined)),
  wrong: 'An amount in figures.',
  hint: 'Empty: no limit.',
  ...rest,
})

const decimal = (
  decimals: number,
  rest: Rest & { wrong: string },
  most = Number.POSITIVE_INFINITY,
): TermRule => ({
  input: 'decimal',
  show: (value) => typed(Number(value), decimals),
  read: (text) => {
    const value = parseMoney(text, decimals)
    return value === null || value > most ? undefined : value
  },
  ...rest,
})

/** What stands for a closing time of its own, where the others are seconds after the start. */
export const OWN_TIME = 'own'

export const MARKET_TERMS: Record<Term, TermRule> = {
  name: {
    input: 'text',
    show: String,
    read: (text) => (text === '' || text.length > NAME_LENGTH_MAX ? undefined : text),
    wrong: `A market needs a name, of at most ${NAME_LENGTH_MAX} characters.`,
    isAsked: true,
  },
  kind: { input: 'kind', show: String, read: (text) => text, wrong: '', isAsked: true, isPromised: true },
  opens_at: time({ isAsked: true }),
  closes_offset_s: {
    input: 'closing',
    show: (value) => (value === null ? OWN_TIME : String(value)),
    read: (text) => (text === OWN_TIME ? null : Number(text)),
    wrong: '',
    hint: 'If the start moves, the closing moves with it.',
    isAsked: true,
  },
  closes_at: time({ isAsked: true }),
  takeout_bps: {
    ...decimal(2, { wrong: `Per cent, at most ${TAKEOUT_BPS_MAX / 100}, with two decimals.` }),
    input: 'percent',
    read: (text) => {
      const bps = parseMoney(text || '0', 2)
      return bps === null || bps > TAKEOUT_BPS_MAX ? undefined : bps
    },
    hint: 'What the house keeps of the pool.',
    appliesTo: 'pool',
    isAsked: true,
    isPromised: true,
  },
  break_to_milli: decimal(3, {
    wrong: 'A step such as 0.01.',
    hint: 'What a stake of 1 pays is rounded down to steps of this.',
    appliesTo: 'pool',
    isPromised: true,
  }),
  minimum_milli: decimal(3, {
    wrong: 'A dividend such as 1.00.',
    hint: 'What a stake of 1 pays at least.',
    appliesTo: 'pool',
    isPromised: true,
  }),
  minimum_tiers: {
    input: 'text',
    show: String,
    read: (text) => text,
    wrong: '',
    hint: 'Such as 1.01:1.04 – where 1.01 or more is worked out, at least 1.04 is paid.',
    appliesTo: 'pool',
    isPromised: true,
  },
  started_with: {
    ...amount(0, { hint: 'The house puts it into the pool. Empty: nothing.' }),
    appliesTo: 'pool',
    isPromised: true,
  },
  guaranteed: {
    ...amount(0, { hint: 'The house adds what is missing after the house share. Empty: nothing.' }),
    appliesTo: 'pool',
    isPromised: true,
  },
  carry_to: {
    input: 'pool',
    show: (value) => (value === null ? '' : String(value)),
    read: (text) => (text === '' ? null : Number(text)),
    wrong: '',
    hint: 'Where nobody backed a winner. Without one, stakes are refunded.',
    appliesTo: 'pool',
  },
  carry: {
    input: 'carry',
    show: String,
    read: (text) => text,
    wrong: '',
    appliesTo: 'pool',
    isPromised: true,
  },
  places: {
    input: 'whole',
    show: String,
    read: (text) => (/^\d{1,2}$/.test(text) ? Number(text) : undefined),
    wrong: `A whole number from 1 to ${PLACES_MAX}.`,
    hint: 'First, second, third …',
    isPromised: true,
  },
  division: {
    input: 'division',
    show: String,
    read: (text) => text,
    wrong: '',
    hint: 'It matters where more than one is paid.',
    appliesTo: 'pool',
    isPromised: true,
  },
  liability_max: amount(null, { appliesTo: 'fixed', isAsked: true }),
  stake_min: {
    ...amount(null, { hint: 'The least anybody may stake.', isAsked: true }),
    read: (text, { exponent }) => (text === '' ? 1 : (parseMoney(text, exponent) ?? undefined)),
  },
  stake_max: amount(AMOUNT_MAX),
  total_max: amount(TOTAL_MAX),
}

export const TERMS = Object.keys(MARKET_TERMS) as Term[]
export const ASKED = TERMS.filter((term) => MARKET_TERMS[term].isAsked)

/** A closing time is asked for only where it is a time of its own. */
export const isAskedFor = (term: Term, texts: Partial<Texts>) => {
  if (term === 'closes_at') return (texts.closes_offset_s ?? OWN_TIME) === OWN_TIME
  return term !== 'carry' || Boolean(texts.carry_to)
}

/** Whether a form has the term. */
export const isInForm = (term: Term, texts: Partial<Texts> & { kind: string }) =>
  appliesTo(term, texts.kind) && isAskedFor(term, texts)

export const appliesTo = (term: Term, kind: string) => (MARKET_TERMS[term].appliesTo ?? kind) === kind

export function textsOf(market: Market, currency: Currency): Texts {
  const texts = {} as Texts
  for (const term of TERMS) texts[term] = MARKET_TERMS[term].show(market[term], currency)
  return texts
}

/** The value, or what is wrong with the text. */
export function readTerm(term: Term, text: string, currency: Currency): { value: Value } | { wrong: string } {
  const value = MARKET_TERMS[term].read(text.trim(), currency)
  return value === undefined ? { wrong: MARKET_TERMS[term].wrong } : { value }
}

/** The smallest stake as it is typed; null where it is no amount. */
export function readStakeMin(text: string, currency: Currency): number | null {
  const read = readTerm('stake_min', text, currency)
  return 'value' in read && typeof read.value === 'number' ? read.value : null
}

const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'open', 'suspended', 'closed'])

/** Why a term stands as it is, in words; the API refuses for the same reasons. */
export function lockOf(term: Term, market: Market): string | undefined {
  if (term === 'name') return undefined
  if (!UNDECIDED.has(market.status))
    return `A market in the state “${MARKET_STATUS_WORDS[market.status]}” keeps its terms.`
  if (MARKET_TERMS[term].isPromised && market.outcomes.some(({ bets }) => bets > 0))
    return 'There are bets on the market, so it stays as it is.'
  if (term === 'kind' && market.status !== 'draft') return 'It can be changed while the market is a draft.'
  return undefined
}
