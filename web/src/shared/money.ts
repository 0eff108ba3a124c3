/** Money as integers of minor units, and how people read and type it. Knows no float. */

/** An amount in minor units: 1250 is €12.50, ¥1,250 or KWD 1.250. */
export type Minor = number

export interface Currency {
  currency: string
  exponent: number
}

const SYMBOLS: Record<string, string> = {
  EUR: '€',
  USD: '$',
  GBP: '£',
  JPY: '¥',
  KRW: '₩',
  CAD: 'C$',
  AUD: 'A$',
  NZD: 'NZ$',
  // Points with two decimals are points to read.
  PTC: 'PTS\u00a0',
}

/** Currencies whose unit is worth about a hundredth of a euro: chips and thresholds are a hundred times larger. */
const SMALL_UNITS = new Set(['JPY', 'KRW', 'HUF'])

export function symbolOf(currency: string): string {
  return SYMBOLS[currency] ?? currency
}

/** The symbol as it stands before a figure: "€", but "KWD " with a space that does not break. */
export function prefixOf(currency: string): string {
  return SYMBOLS[currency] ?? `${currency}\u00a0`
}

/** How many minor units a step of `units` is, scaled for currencies of small units. */
export function stepOf(units: number, { currency, exponent }: Currency): Minor {
  return units * 10 ** exponent * (SMALL_UNITS.has(currency) ? 100 : 1)
}

/** "1204" as "1,204". */
export function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "1,204.00" without the symbol, always with all its decimals. */
export function figure(amount: Minor, exponent: number): string {
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0')
  const whole = group(digits.slice(0, digits.length - exponent))
  const part = exponent > 0 ? `.${digits.slice(-exponent)}` : ''
  return `${amount < 0 ? '−' : ''}${whole}${part}`
}

/** "€1,204.00". */
export function money(amount: Minor, { currency, exponent }: Currency): string {
  const text = prefixOf(currency) + figure(Math.abs(amount), exponent)
  return amount < 0 ? `−${text}` : text
}

/** "14,169": whole units, rounded down, for totals on the board. */
export function wholeFigure(amount: Minor, exponent: number): string {
  return group(String(Math.floor(amount / 10 ** exponent)))
}

/** Below this many whole units a total has its decimals: there they matter, and there is room for them. */
const DECIMALS_BELOW = 1000

/** "14,169", "17.50", "17": a total on the board or the wall; nobody has to guess what was cut off. */
export function totalFigure(amount: Minor, exponent: number): string {
  const unit = 10 ** exponent
  return amount % unit === 0 || amount >= DECIMALS_BELOW * unit
    ? wholeFigure(amount, exponent)
    : figure(amount, exponent)
}

const SHORT: Array<[unit: number, letter: string]> = [
  [1_000_000_000, 'bn'],
  [1_000_000, 'm'],
  [1_000, 'k'],
]

/** "99,999", "123k", "4.5m": whole units for a narrow cell, rounded down. */
export function shortFigure(amount: Minor, exponent: number): string {
  const whole = Math.floor(amount / 10 ** exponent)
  const [unit, letter] = SHORT.find(([least]) => whole >= least && whole >= 100_000) ?? []
  if (unit === undefined) return group(String(whole))
  const tenths = Math.floor((whole * 10) / unit)
  return (
    (tenths < 100 ? `${Math.floor(tenths / 10)}.${tenths % 10}` : String(Math.floor(tenths / 10))) + letter
  )
}

/** "€14,169". */
export function wholeMoney(amount: Minor, { currency, exponent }: Currency): string {
  return prefixOf(currency) + wholeFigure(amount, exponent)
}

/** What people write around an amount: "€20", "20 EUR", "20,-". */
const AROUND = /^[\s\p{Sc}]+|(?:[.,]-)?[\s\p{Sc}]*$/gu

/** Whole units, plain or in thousands; then, perhaps, decimals. */
const TYPED = /^(\d{0,12}|\d{1,3}(?:([., '’\u00a0\u202f])\d{3})(?:\2\d{3}){0,3})(?:([.,])(\d*))?$/

/**
 * What somebody typed, in minor units; null where it is no amount of this currency. A comma is a point; thousands are seen
 * where they cannot be decimals: "1,250.50", "1 250", and "5,000" in a currency without decimals.
 */
export function parseMoney(text: string, exponent: number): Minor | null {
  const match = TYPED.exec(text.replace(AROUND, ''))
  if (!match) return null
  const [, whole = '', between, point, part = ''] = match
  if (point && point === between) return null
  const units = whole.replace(/\D/g, '')
  if (units === '' && part === '') return null
  if (exponent === 0 && part.length === 3 && /^[1-9]\d{0,2}$/.test(whole)) return Number(units + part)
  if (part.length > exponent) return null
  return Number(units + part.padEnd(exponent, '0'))
}

/** "1,000" may be a thousand or one: then both are named. */
export function unreadWords(typed: string, example = '12.50'): string {
  const [, whole, part] = /^(\d{1,3})[.,](\d{3})$/.exec(typed.trim()) ?? []
  return whole && part
    ? `Write ${whole}${part} or ${whole}.${part.slice(0, 2)}`
    : `Enter an amount such as ${example}`
}

/** An amount as one would type it: "25", "12.50". */
export function typed(amount: Minor, exponent: number): string {
  const unit = 10 ** exponent
  if (amount % unit === 0) return String(amount / unit)
  return figure(amount, exponent).replaceAll(',', '')
}
