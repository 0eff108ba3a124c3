import { expect, test } from 'vitest'
import type { ImportReport } from '@/api/types'
import { actionOf, changeWords, doneWords, isRowMatch, queryOf, size, USUAL, wrongTakeout } from './meaning'

const seen = (more: Partial<ImportReport>): ImportReport => ({
  dry_run: true,
  slug: 'cup',
  format: 'csv',
  sheets: [],
  sheet: null,
  header_row: null,
  one_match: null,
  has_codes: false,
  dates_asked: false,
  rows: 0,
  columns: [],
  errors: [],
  warnings: [],
  matches: 0,
  outcomes: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  doubtful: 0,
  skipped: 0,
  missing: 0,
  not_played: 0,
  markets_opened: 0,
  markets_suspended: 0,
  markets_begun: 0,
  results_entered: 0,
  results_waiting: 0,
  waiting_by_state: {},
  first_at: null,
  items: [],
  people: null,
  ...more,
})

test('the button says what it will do, and there is none where nothing is to do', () => {
  expect(actionOf(seen({ unchanged: 4 }))).toBeNull()
  expect(actionOf(seen({ new: 1 }))).toBe('Import 1 new match')
  expect(actionOf(seen({ new: 1200, changed: 1 }))).toBe('Import 1,200 new matches and change 1 match')
  expect(actionOf(seen({ new: 2, changed: 1, markets_opened: 3 }))).toBe(
    'Import 2 new matches, change 1 match and open 3 markets',
  )
})

test('what was done is counted', () => {
  expect(doneWords(seen({ new: 2, unchanged: 3, markets_opened: 1 }))).toBe(
    'New: 2, changed: 0, unchanged: 3, markets opened: 1.',
  )
})

test('columns are left to the server until somebody says them', () => {
  expect(queryOf('a.csv', USUAL, true).column).toBeUndefined()
  const said = queryOf('a.csv', { ...USUAL, meanings: { 0: 'match', 1: null, 2: 'outcome' } }, false)
  expect([said.column, said.dry_run]).toEqual([['0:match', '2:outcome'], false])
  expect(queryOf('a.csv', { ...USUAL, meanings: { 0: null } }, true).column).toEqual([])
})

test('answers go with the file, by the number of the match', () => {
  const how = { ...USUAL, answers: { 3: { choice: 'same', id: 42 }, 5: { choice: 'skip', id: 7 } } } as const
  expect(queryOf('a.csv', how, true).answer).toEqual(['3:same:42', '5:skip:7'])
})

test('what of a match changes is said with before and after', () => {
  const told = (at: string) => at.slice(0, 10)
  expect(
    changeWords({ what: 'starts_at', before: '2027-04-13T17:00', after: '2027-05-15T00:30' }, told),
  ).toBe('start 2027-04-13 → 2027-05-15')
  expect(changeWords({ what: 'odds', before: '2500', after: '2600' }, told)).toBe('odds 2.50 → 2.60')
  expect(changeWords({ what: 'not_played', before: 'postponed', after: null }, told)).toBe(
    'postponed → to be played',
  )
  expect(changeWords({ what: 'outcome', before: null, after: 'Draw' }, told)).toBe('outcome Draw')
})

test('takeout is typed in per cent and sent in basis points', () => {
  expect(queryOf('a.csv', { ...USUAL, takeout: '12.5' }, true).takeout_bps).toBe(1250)
  expect(wrongTakeout('50.01')).toBe('At most 50 %.')
  expect(wrongTakeout('ten')).toBe('Per cent, with at most two decimals.')
  expect(wrongTakeout('')).toBeUndefined()
})

test('several columns of outcomes make a row a match', () => {
  const column = (meaning: 'outcome' | null) => ({ position: 0, header: '', samples: [], meaning })
  expect(isRowMatch([column('outcome'), column(null)])).toBe(false)
  expect(isRowMatch([column('outcome'), column('outcome')])).toBe(true)
})

test('sizes are said as people say them', () => {
  expect([size(1), size(812), size(14_200), size(3_210_000), size(4_000_000)]).toEqual([
    '1 byte',
    '812 bytes',
    '14 kB',
    '3.2 MB',
    '4 MB',
  ])
})
