/** What each table of a report is called, says, and is drawn as. Pure. */

import type { ReportTable } from '@/api/types'
import { type Currency, figure } from '@/shared/money'
import { labelOf } from '@/shared/words'

export type TableName = ReportTable['name']
export type Cell = string | number | null
export type Row = Record<string, Cell>

/** Columns that hold amounts in minor units. */
const AMOUNTS = new Set([
  ...['stakes', 'paid', 'takeout', 'breakage', 'house_won', 'house_added', 'house_result'],
  ...['at_stake', 'worst', 'net'],
])
export const isAmount = (column: string) => AMOUNTS.has(column)
export const isTime = (column: string) => column.endsWith('_utc')
export const isNumber = (column: string, rows: Row[]) =>
  isAmount(column) || (column !== 'first_day' && typeof rows[0]?.[column] === 'number')

interface About {
  title: string
  about: string
  empty: string
  /** Drawn over time, or as one bar a row; the columns that are drawn. */
  chart:
    | { over: 'time'; columns: string[]; bars?: boolean }
    | {
        over: 'rows'
        name: string[]
        column: string
        /** Drawn where that one is nothing but zeros. */
        orElse?: string
      }
}

/** In the order in which they are shown. */
export const ABOUT: Record<TableName, About> = {
  turnover: {
    title: 'Turnover',
    about: 'What was staked, from one time to the next.',
    empty: 'No bet yet.',
    chart: { over: 'time', columns: ['stakes'], bars: true },
  },
  exposure: {
    title: 'Exposure',
    about:
      'What was staked on markets that were not paid yet, and the most that fixed odds could have cost the house beyond it.',
    empty: 'No bet yet.',
    chart: { over: 'time', columns: ['at_stake', 'worst'] },
  },
  rounds: {
    title: 'By round',
    about: 'Turnover and what the house kept.',
    empty: 'No match yet.',
    chart: { over: 'rows', name: ['round'], column: 'stakes' },
  },
  matches: {
    title: 'By match',
    about: 'Turnover and what the house kept.',
    empty: 'No match yet.',
    chart: { over: 'rows', name: ['match'], column: 'stakes' },
  },
  outcomes: {
    title: 'By outcome',
    about: 'What people believed in.',
    empty: 'No outcome yet.',
    chart: { over: 'rows', name: ['outcome', 'match'], column: 'stakes' },
  },
  house: {
    title: 'The house',
    about: 'Of each market that is decided: the house share, rounding, what fixed odds won, what was added.',
    empty: 'Nothing is decided yet.',
    chart: { over: 'rows', name: ['match', 'market'], column: 'house_result' },
  },
  bettors: {
    title: 'Bettors',
    about: 'Who staked most first. Net is of the bets that are settled.',
    empty: 'Nobody bet yet.',
    chart: { over: 'rows', name: ['bettor'], column: 'net', orElse: 'stakes' },
  },
  refusals: {
    title: 'Refused bets',
    about: 'Why bets were not taken.',
    empty: 'No bet was refused.',
    chart: { over: 'rows', name: ['reason'], column: 'many' },
  },
  minutes: {
    title: 'Busiest minutes',
    about: 'The twenty minutes with most bets.',
    empty: 'No bet yet.',
    chart: { over: 'rows', name: ['time_utc'], column: 'bets' },
  },
  cohorts: {
    title: 'Who came back',
    about: 'Of those who bet for the first time on a day, how many bet so many days later.',
    empty: 'Nobody bet yet.',
    chart: { over: 'rows', name: ['first_day', 'days_later'], column: 'came_back' },
  },
}

export const NAMES = Object.keys(ABOUT) as TableName[]

/** "2026-11-28 19:02" on the reader's clock. */
export function timeText(at: string | number): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

export function cellText(column: string, value: Cell, { exponent }: Currency): string {
  if (value === null || value === undefined) return ''
  if (isTime(column)) return timeText(String(value))
  if (isAmount(column)) return figure(Number(value), exponent)
  return String(value)
}

/** The head of a column: times are on the reader's clock here, and in UTC in the file. */
export const headText = (column: string) => (labelOf(column) ?? column).replace(/ \(UTC\)$/, '')

/** What a bar is called. */
export function barName(names: string[], row: Row): string {
  const [first = '', second] = names.map((name) => {
    const value = row[name] ?? ''
    if (isTime(name)) return timeText(String(value)).slice(11)
    return name === 'days_later' ? `+${value} d` : String(value)
  })
  return second === undefined || second === '' ? first || '–' : `${first}, ${second}`
}

/** The column that a chart of rows draws. */
export function drawnColumn({ column, orElse }: { column: string; orElse?: string }, rows: Row[]): string {
  return orElse && rows.every((row) => !row[column]) ? orElse : column
}
