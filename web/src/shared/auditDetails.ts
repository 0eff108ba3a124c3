/** Reads the details of an audit row for people: amounts in their currency, odds, old and new. Knows no React. */

import type { AuditRow } from '@/api/types'
import { figure, money } from '@/shared/money'
import { MARKET_STATUS_WORDS, within } from '@/shared/words'

export interface Detail {
  /** As the API names it. */
  key: string
  name: string
  /** Of a change. */
  before?: string
  value: string
}

/** Amounts in minor units of the tournament's currency. */
const AMOUNTS = new Set([
  'amount',
  'balance',
  'breakage',
  'carried',
  'carried_gross',
  'carried_in',
  'carried_out',
  'gross',
  'guaranteed',
  'house_added',
  'house_won',
  'liability_max',
  'paid',
  'refunds',
  'repaid',
  'stake',
  'stake_max',
  'stake_min',
  'started_with',
  'starting_points',
  'takeout',
  'total_max',
])
/** Thousandths. */
const ODDS = new Set(['break_to_milli', 'min_odds', 'minimum_milli', 'odds', 'odds_milli'])
/** Past this an integer of JSON has lost digits on its way; it is shown as it came, in the raw text. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER

const isChange = (action: string) => /\.(edited|changed|role_changed)$/.test(action)

/** 1430 as "1.43", 1234 as "1.234": two decimals at least. */
function odds(milli: number): string {
  const text = figure(milli, 3).replaceAll(',', '')
  return text.endsWith('0') ? text.slice(0, -1) : text
}

/** Lists of outcomes, in a result. */
const MARKS: Array<[key: string, word: string]> = [
  ['winners', 'won'],
  ['void', 'void'],
  ['half_void', 'half void'],
  ['tied', 'tied'],
]

/** "Ada Ferreira #2", or the number alone where nothing is called so any more. */
function calledText(kind: string, number: number, row: AuditRow): string {
  const name = row.names[`${kind}:${number}`]?.name
  return name === undefined ? String(number) : `${name} #${number}`
}

const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= EXACT_MAX

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(isWhole)

const outcomesText = (numbers: number[], row: AuditRow) =>
  numbers.map((number) => calledText('outcome', number, row)).join(', ')

/** "won Ada Ferreira #2; void Sam #3"; null where it is no result. */
function resultText(value: object, row: AuditRow): string | null {
  const lists = Object.entries(value)
  if (!lists.every(([key, list]) => MARKS.some(([mark]) => mark === key) && isNumbers(list))) return null
  const told = MARKS.flatMap(([key, word]) => {
    const numbers = (value as Record<string, number[]>)[key] ?? []
    return numbers.length > 0 ? [`${word} ${outcomesText(numbers, row)}`] : []
  })
  return told.join('; ') || 'nobody'
}

/** The state of a market as everywhere else, a moment as one reads it, other text as it is. */
function stringText(name: string, text: string): string {
  if (text === '') return 'empty'
  if ((name === 'status' || name === 'before') && text in MARKET_STATUS_WORDS)
    return MARKET_STATUS_WORDS[text as keyof typeof MARKET_STATUS_WORDS].toLowerCase()
  return MOMENT.test(text) ? `${momentText(text.replace(' ', 'T'), 'UTC')} UTC` : text
}

const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/

function valueText(name: string, value: unknown, row: AuditRow): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (isWhole(value)) {
    if (AMOUNTS.has(name) && row.currency !== null && row.exponent !== null) {
      return money(value, { currency: row.currency, exponent: row.exponent })
    }
    if (AMOUNTS.has(name)) return `${value} minor units`
    if (ODDS.has(name)) return odds(value)
    if (name.endsWith('_bps')) return `${figure(value, 2)} %`
    return calledText(name.replace(/_id$/, ''), value, row)
  }
  if (MARKS.some(([mark]) => mark === name) && isNumbers(value) && value.length > 0) {
    return outcomesText(value, row)
  }
  if (typeof value === 'object' && !Array.isArray(value)) {
    const result = resultText(value, row)
    if (result !== null) return result
  }
  if (typeof value === 'string') return stringText(name, value)
  return JSON.stringify(value)
}

/** What the row is about: "Final, Match winner" of a market and of a bet on it; null where that has no name. */
export function subjectName(row: AuditRow): string | null {
  if (row.subject.startsWith('bet:')) {
    const outcome = (row.details as { outcome?: unknown } | null)?.outcome
    return row.names[`outcome:${outcome}`]?.of ?? null
  }
  const called = row.names[row.subject]
  if (!called) return null
  return called.of ? `${called.name}, ${called.of}` : called.name
}

/** Every member of the details, in the order they were written. */
export function detailsOf(row: AuditRow): Detail[] {
  if (typeof row.details !== 'object' || row.details === null) return []
  return Object.entries(row.details as Record<string, unknown>).map(([key, value]) => {
    const name = within(key)
    if (key === 'verdict' && row.refusal) return { key, name, value: row.refusal.title }
    if (isChange(row.action) && Array.isArray(value) && value.length === 2) {
      return { key, name, before: valueText(key, value[0], row), value: valueText(key, value[1], row) }
    }
    return { key, name, value: valueText(key, value, row) }
  })
}

const SUMMED_MAX = 4

/** What stands elsewhere in the row, or says nothing to people. */
const LEFT_OUT = /(_id|^currency|^exponent|^settlement|^kind|^version)$/

/** What comes first: why a bet was refused, who won, and why; then money. */
const FIRST = ['verdict', 'result', 'reason']
const weightOf = ({ key }: Detail) =>
  FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length + (AMOUNTS.has(key) ? 0 : 1)

/** An amount of nothing says nothing in a line, where there are others. */
const isNothing = (key: string, value: unknown) => AMOUNTS.has(key) && value === 0

/** The first few on one line. */
export function summaryOf(row: AuditRow): string {
  const given = (row.details ?? {}) as Record<string, unknown>
  const told = detailsOf(row)
    .filter(({ key }) => !isNothing(key, given[key]))
    .filter(
      ({ key, value, before }) =>
        (value !== 'none' && value !== 'empty' && !LEFT_OUT.test(key)) || before !== undefined,
    )
    .sort((a, b) => weightOf(a) - weightOf(b))
    .slice(0, SUMMED_MAX)
    .map(({ name, before, value }) => `${name} ${before === undefined ? '' : `${before} → `}${value}`)
  return told.join(' · ')
}

/** Making one takes longer than a thousand uses of it. */
const formats = new Map<'UTC' | undefined, Intl.DateTimeFormat>()

function formatIn(zone: 'UTC' | undefined): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  })
  formats.set(zone, made)
  return made
}

/** "24 Nov 2026, 19:12:56.110" in UTC, or on the reader's own clock. */
export function momentText(iso: string, zone: 'UTC' | undefined): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const part = /\.(\d{3})/.exec(iso)?.[1] ?? '000'
  return `${formatIn(zone).format(at)}.${part}`
}
