/** Reads the details of an audit row for people: amounts in their currency, odds, old and new. Knows no React. */

import type { AuditRow } from '@/api/types'
import { figure, money } from '@/shared/money'

export interface Detail {
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
  'gross',
  'house_added',
  'house_won',
  'liability_max',
  'paid',
  'refunds',
  'repaid',
  'stake',
  'stake_max',
  'stake_min',
  'takeout',
  'total_max',
])
/** Thousandths. */
const ODDS = new Set(['break_to_milli', 'min_odds', 'minimum_milli', 'odds', 'odds_milli'])
/** Past this an integer of JSON has lost digits on its way; it is shown as it came, in the raw text. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER

const isChange = (action: string) => /\.(edited|changed|role_changed)$/.test(action)

/** "break_to_milli" as "break to", "takeout_bps" as "takeout". */
const spoken = (name: string) => name.replace(/_(milli|bps)$/, '').replaceAll('_', ' ')

/** 1430 as "1.43", 1234 as "1.234": two decimals at least. */
function odds(milli: number): string {
  const text = figure(milli, 3).replaceAll(',', '')
  return text.endsWith('0') ? text.slice(0, -1) : text
}

function valueText(name: string, value: unknown, row: AuditRow): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= EXACT_MAX) {
    if (AMOUNTS.has(name) && row.currency !== null && row.exponent !== null) {
      return money(value, { currency: row.currency, exponent: row.exponent })
    }
    if (AMOUNTS.has(name)) return `${value} minor units`
    if (ODDS.has(name)) return odds(value)
    if (name.endsWith('_bps')) return `${figure(value, 2)} %`
    return String(value)
  }
  if (typeof value === 'string') return value === '' ? 'empty' : value
  return JSON.stringify(value)
}

/** Every member of the details, in the order they were written. */
export function detailsOf(row: AuditRow): Detail[] {
  if (typeof row.details !== 'object' || row.details === null) return []
  return Object.entries(row.details as Record<string, unknown>).map(([key, value]) => {
    const name = spoken(key)
    if (key === 'verdict' && row.refusal) return { name: 'refused', value: row.refusal.title }
    if (isChange(row.action) && Array.isArray(value) && value.length === 2) {
      return { name, before: valueText(key, value[0], row), value: valueText(key, value[1], row) }
    }
    return { name, value: valueText(key, value, row) }
  })
}

const SUMMED_MAX = 3

/** What stands elsewhere in the row, or says nothing to people. */
const LEFT_OUT = /( id|^currency|^exponent|^settlement|^kind)$/

/** Why a bet was refused comes first, then money. */
const weightOf = (name: string) => (name === 'refused' ? 0 : AMOUNTS.has(name.replaceAll(' ', '_')) ? 1 : 2)

/** The first few on one line. */
export function summaryOf(row: AuditRow): string {
  const told = detailsOf(row)
    .filter(
      ({ name, value, before }) =>
        (value !== 'none' && value !== 'empty' && !LEFT_OUT.test(name)) || before !== undefined,
    )
    .sort((a, b) => weightOf(a.name) - weightOf(b.name))
    .slice(0, SUMMED_MAX)
    .map(({ name, before, value }) => `${name} ${before === undefined ? '' : `${before} → `}${value}`)
  return told.join(' · ')
}

/** "24 Nov 2026, 19:12:56.110" in UTC, or on the reader's own clock. */
export function momentText(iso: string, zone: 'UTC' | undefined): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const day = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: zone,
  })
  const time = at.toLocaleTimeString('en-GB', { hour12: false, timeZone: zone })
  const part = /\.(\d{3})/.exec(iso)?.[1] ?? '000'
  return `${day}, ${time}.${part}`
}
