/** What a column of a sheet means, in words, and what is asked of the API about a file. Pure. */

import type { ImportReport } from '@/api/types'
import { TAKEOUT_BPS_MAX } from '@/shared/bounds'
import { money, parseMoney } from '@/shared/money'
import { oddsText } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { IMPORT_COLUMN_WORDS, NOT_PLAYED_WORDS, within, wordOf } from '@/shared/words'

export type Column = ImportReport['columns'][number]
export type Meaning = NonNullable<Column['meaning']>
export type Kind = 'pool' | 'fixed'

/** In the order they are offered. */
export const MEANINGS = Object.entries(IMPORT_COLUMN_WORDS) as ReadonlyArray<readonly [Meaning, string]>

/** The same as import_bytes_max of the server's, which has the last word. */
export const FILE_BYTES_MAX = 4_000_000

export interface How {
  sheet?: string
  /** The meaning of each column by its position; none: as the server guesses. */
  meanings?: Readonly<Record<number, Meaning | null>>
  /** The number of the header's row; none: as it is found. */
  headerRow?: number
  /** Which number of a date is the day, where somebody said it. */
  dates?: DateOrder
  /** What the one match of a sheet is called; empty: as the sheet is. */
  match: string
  /** Rows of the sheet to leave out. */
  skip: readonly number[]
  draw: string
  kind: Kind
  /** In per cent, as typed. */
  takeout: string
  isOpening: boolean
  /** Whether 1A, 2B and W49 are sides to come. */
  slots: Slots
  /** What is said of the matches in doubt, by their number in the file. */
  answers: Readonly<Record<number, Answer>>
}

export type DateOrder = 'day_first' | 'month_first'
export type Slots = 'auto' | 'yes' | 'no'
export type Choice = 'same' | 'other' | 'skip'
/** `id` is the match that it may be. */
export interface Answer {
  choice: Choice
  id: number
}

export const USUAL: How = {
  draw: '',
  kind: 'pool',
  takeout: '0',
  isOpening: false,
  slots: 'auto',
  answers: {},
  match: '',
  skip: [],
}

/** Per cent with at most two decimals, as basis points. */
export function wrongTakeout(text: string): string | undefined {
  const bps = parseMoney(text || '0', 2)
  if (bps === null) return 'Per cent, with at most two decimals.'
  return bps > TAKEOUT_BPS_MAX ? 'At most 50 %.' : undefined
}

export function queryOf(file: string, how: How, isDry: boolean) {
  return {
    file,
    dry_run: isDry,
    sheet: how.sheet,
    column:
      how.meanings &&
      Object.entries(how.meanings).flatMap(([position, meaning]) =>
        meaning ? [`${position}:${meaning}`] : [],
      ),
    header_row: how.headerRow,
    dates: how.dates,
    match: how.match.trim() || undefined,
    skip: [...how.skip],
    draw: how.draw.trim() || undefined,
    kind: how.kind,
    takeout_bps: wrongTakeout(how.takeout) ? 0 : (parseMoney(how.takeout || '0', 2) ?? 0),
    open_markets: how.isOpening,
    slots: how.slots,
    answer: Object.entries(how.answers).map(([no, { choice, id }]) => `${no}:${choice}:${id}`),
  }
}

/** Whether a row is a whole match: several columns are outcomes. */
export const isRowMatch = (columns: readonly Column[]) =>
  columns.filter(({ meaning }) => meaning === 'outcome').length > 1

/** What pressing the button does: "Import 3 new matches and change 1". Null where there is nothing to do. */
export function actionOf({
  new: fresh,
  changed,
  markets_opened: opened,
  people,
}: ImportReport): string | null {
  const parts = [
    people && people.people_new > 0 ? `add ${plural(people.people_new, 'person', 'people')}` : '',
    people && people.deposits > 0 ? `pay in ${money(people.deposited, people)}` : '',
    people && people.bets_new > 0 ? `take over ${plural(people.bets_new, 'bet')}` : '',
    fresh > 0 ? `import ${plural(fresh, 'new match', 'new matches')}` : '',
    changed > 0 ? `change ${plural(changed, 'match', 'matches')}` : '',
    opened > 0 ? `open ${plural(opened, 'market')}` : '',
  ].filter(Boolean)
  if (parts.length === 0) return null
  const last = parts.pop()
  const words = parts.length > 0 ? `${parts.join(', ')} and ${last}` : String(last)
  return words[0]?.toUpperCase() + words.slice(1)
}

/** The same once it is done: "New: 3, changed: 1, unchanged: 2." */
export function doneWords(done: ImportReport) {
  const { new: fresh, changed, unchanged, skipped, markets_opened, results_entered, people } = done
  if (people) {
    const made = people.matches_new.length
    const drafts =
      made > 0
        ? ` ${plural(made, 'new match is a draft', 'new matches are drafts')}: give every outcome odds.`
        : ''
    return `New people: ${people.people_new}, paid in: ${money(people.deposited, people)}, bets taken over: ${people.bets_new}.${drafts}`
  }
  const parts = [
    `New: ${fresh.toLocaleString('en-GB')}`,
    `changed: ${changed.toLocaleString('en-GB')}`,
    `unchanged: ${unchanged.toLocaleString('en-GB')}`,
    skipped > 0 ? `skipped: ${skipped.toLocaleString('en-GB')}` : '',
    markets_opened > 0 ? `markets opened: ${markets_opened.toLocaleString('en-GB')}` : '',
    results_entered > 0 ? `results entered: ${results_entered.toLocaleString('en-GB')}` : '',
  ]
  return `${parts.filter(Boolean).join(', ')}.`
}

/** "812 bytes", "14 kB", "3.2 MB", "4 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte')
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${Number((bytes / 1e6).toFixed(1))} MB`
}

/** A sheet to fill in, a row for each outcome. */
export const TEMPLATE = [
  'match,round,starts_at,outcome,odds',
  'Ada v Bo,Semi-final,2026-12-31 18:00,Ada,',
  'Ada v Bo,Semi-final,,Bo,',
  'Harbour sprint,Final,2026-12-31 20:00,Comet,2.50',
  'Harbour sprint,Final,,Duchess,3.00',
  'Harbour sprint,Final,,Echo,4.50',
  '',
].join('\r\n')

type Change = ImportReport['items'][number]['changes'][number]

/** "start 12 Apr, 18:20 → 15 May, 19:30": what of a match is otherwise. `told` says a time. */
export function changeWords({ what, before, after }: Change, told: (at: string) => string): string {
  const value = (text: string | null) => {
    if (what === 'not_played')
      return text === null ? 'to be played' : wordOf(NOT_PLAYED_WORDS, text).toLowerCase()
    if (text === null) return 'none'
    if (what === 'starts_at' || what === 'closes_at') return told(text)
    return what === 'odds' ? oddsText(Number(text)) : text
  }
  if (what === 'not_played') return `${value(before)} → ${value(after)}`
  const name = what === 'outcome' || what === 'market' || what === 'odds' ? what : within(what)
  if (before === null) return `${name} ${value(after)}`
  return `${name} ${value(before)} → ${value(after)}`
}
