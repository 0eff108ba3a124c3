/** Odds as integer thousandths: how they are shown, and what a pool or a price would pay. */

import { group, type Minor } from './money'

/** Decimal odds in thousandths, the stake included: 2280 is 2.28. */
export type OddsMilli = number

export type OddsFormat = 'decimal' | 'fractional' | 'american'

export const NO_ODDS = 'no bets yet'

/** Source: the steps bookmakers quote; beyond 100/1 whole numbers. Profit in thousandths of the stake. */
const FRACTIONS: ReadonlyArray<readonly [number, string]> = (
  '1/100 1/50 1/33 1/25 1/20 1/16 1/14 1/12 1/10 1/9 1/8 1/7 1/6 1/5 2/9 1/4 2/7 3/10 1/3 4/11 2/5 4/9 1/2 8/15 ' +
  '4/7 8/13 4/6 8/11 4/5 5/6 10/11 1/1 11/10 6/5 5/4 11/8 7/5 6/4 8/5 13/8 7/4 9/5 15/8 2/1 11/5 9/4 12/5 5/2 ' +
  '13/5 11/4 3/1 10/3 7/2 4/1 9/2 5/1 11/2 6/1 13/2 7/1 15/2 8/1 17/2 9/1 10/1 11/1 12/1 14/1 16/1 18/1 20/1 22/1 ' +
  '25/1 28/1 33/1 40/1 50/1 66/1 80/1 100/1'
)
  .split(' ')
  .map((text) => {
    const [profit = 0, stake = 1] = text.split('/').map(Number)
    return [(profit * 1000) / stake, text] as const
  })

const LEAST_QUOTED = FRACTIONS[0]![0]

function decimal(odds: OddsMilli): string {
  const thousandths = String(odds % 1000).padStart(3, '0')
  return `${Math.floor(odds / 1000)}.${thousandths.endsWith('0') ? thousandths.slice(0, 2) : thousandths}`
}

/** The highest step that is quoted and not above it: above 100/1 whole numbers, under 1/100 one of them. No profit is 0/1. */
function fractional(odds: OddsMilli): string {
  const profit = odds - 1000
  if (profit <= 0) return '0/1'
  if (profit > 100_000) return `${group(String(Math.floor(profit / 1000)))}/1`
  if (profit < LEAST_QUOTED) return `1/${group(String(Math.ceil(1000 / profit)))}`
  let highest = FRACTIONS[0]!
  for (const step of FRACTIONS) if (step[0] <= profit) highest = step
  return highest[1]
}

/** What 100 wins, or what has to be staked to win 100, in whole numbers. No profit is +0. */
function american(odds: OddsMilli): string {
  const profit = odds - 1000
  if (profit <= 0) return '+0'
  return profit >= 1000
    ? `+${group(String(Math.floor(profit / 10)))}`
    : `−${group(String(Math.ceil(100_000 / profit)))}`
}

/**
 * Odds as the reader wants them; only decimal is ever stored or sent. Decimal is exact, with thousands in groups. The
 * others are rounded to what is quoted, and never promise more than decimal pays.
 */
export function formatOdds(odds: OddsMilli | null, format: OddsFormat = 'decimal'): string {
  if (odds === null) return NO_ODDS
  if (format === 'fractional') return fractional(odds)
  if (format === 'american') return american(odds)
  const [whole = '', part] = decimal(odds).split('.')
  return `${group(whole)}.${part}`
}

/** Decimal text of the API as thousandths: "2.28" is 2280. */
export function parseOdds(text: string): OddsMilli {
  const [whole = '0', part = ''] = text.split('.')
  return Number(whole) * 1000 + Number(part.padEnd(3, '0').slice(0, 3))
}

/** Thousandths as the decimal text the API takes. */
export const oddsText = decimal

export interface PoolRules {
  takeout_bps: number
  break_to_milli: number
  minimum_milli: number
  division: 'profit' | 'pool'
  places: number
  started_with: Minor
  guaranteed: Minor
  carried: Minor
  carried_gross: Minor
}

/**
 * What a pool would pay for a unit on an outcome, in thousandths, floored to the market's step and never under its minimum;
 * `others` are the stakes on the other outcomes that run. Where several places are paid, the others are taken by the
 * largest: the least it can pay. Null where nobody has bet. The server's `rules/pools.py` says the same.
 */
export function poolOdds(onOutcome: Minor, others: readonly Minor[], rules: PoolRules): OddsMilli | null {
  if (onOutcome <= 0) return null
  const on = BigInt(onOutcome)
  const gross = others.reduce((sum, stakes) => sum + BigInt(stakes), on + BigInt(rules.carried_gross))
  const own =
    gross - (gross * BigInt(rules.takeout_bps)) / 10_000n + BigInt(rules.carried) + BigInt(rules.started_with)
  const net = own > BigInt(rules.guaranteed) ? own : BigInt(rules.guaranteed)
  const placed = [...others]
    .sort((a, b) => b - a)
    .slice(0, rules.places - 1)
    .filter((stakes) => stakes > 0)
  const winning = placed.reduce((sum, stakes) => sum + BigInt(stakes), on)
  const parts = BigInt(1 + placed.length)
  const [share, among] =
    rules.division === 'pool'
      ? [net, on * parts]
      : net < winning
        ? [net, winning]
        : [on * parts + net - winning, on * parts]
  const step = BigInt(rules.break_to_milli)
  const floored = Number(((share * 1000n) / (among * step)) * step)
  return Math.min(Math.max(floored, rules.minimum_milli), 1_000_000)
}

/** Of the winnings, rounding takes this part or more: then it is said. */
const ROUNDING_SAID = 20

/** The return with its decimals, "1.72", where rounding it down takes a twentieth of the winnings or more; else null. */
export function lostToRounding(stake: Minor, odds: OddsMilli, exponent: number): string | null {
  const exact = BigInt(stake) * BigInt(odds)
  const lost = exact % 1000n
  const winnings = exact - BigInt(stake) * 1000n
  if (winnings <= 0n || lost * BigInt(ROUNDING_SAID) < winnings) return null
  return decimalOf(exact, exponent + 3)
}

/** An integer with a point before its last digits, without zeros at the end. */
function decimalOf(amount: bigint, decimals: number): string {
  const digits = String(amount).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals).replace(/0+$/, '')}`
}

/** What a stake would return at these odds, floored once, in minor units. */
export function returnOf(stake: Minor, odds: OddsMilli): Minor {
  return Number((BigInt(stake) * BigInt(odds)) / 1000n)
}
