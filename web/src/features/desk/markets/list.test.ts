import { expect, it } from 'vitest'
import { fromBoard } from '@/feed/board'
import { market, snapshot } from '@/feed/fixtures'
import type { MatchOnBoard } from '@/feed/messages'
import { isShown, keepOrder, NO_FILTER, roundsOf, rowsOf, within } from './list'

const match = (id: number, more: Partial<MatchOnBoard> = {}): MatchOnBoard => ({
  id,
  name: `Match ${id}`,
  round: '',
  venue: '',
  starts_at: null,
  score: null,
  not_played: null,
  ...more,
})

const structureOf = (matches: MatchOnBoard[], markets: ReturnType<typeof market>[]) =>
  fromBoard(snapshot({ matches, markets }).board, 1, 'e').structure

const structure = structureOf(
  [match(1, { round: 'Round 10' }), match(2, { round: 'Round 2' }), match(3)],
  [
    market(11, [1, 2], { match_id: 1, status: 'settled' }),
    market(12, [3, 4], { match_id: 1, status: 'draft' }),
    market(13, [5, 6], { match_id: 2, status: 'open' }),
    market(14, [7, 8], { match_id: 2, status: 'closed' }),
  ],
)
const keys = (rows: ReturnType<typeof rowsOf>) => rows.map(({ key }) => key)

it('puts first what waits for the organizer; a match without a market before the drafts', () => {
  expect(keys(rowsOf(structure))).toEqual(['market-14', 'market-13', 'match-3', 'market-12', 'market-11'])
})

it('shows by state', () => {
  const shown = (which: Parameters<typeof isShown>[1]) =>
    keys(rowsOf(structure).filter((row) => isShown(row, which)))
  expect(shown('now')).toEqual(['market-14', 'market-13', 'match-3', 'market-12'])
  expect(shown('waiting')).toEqual(['market-14'])
  expect(shown('draft')).toEqual(['match-3', 'market-12'])
  expect(shown('over')).toEqual(['market-11'])
})

it('finds by round and by any words of match, market or outcomes', () => {
  const found = (filter: object) => keys(within(rowsOf(structure), { ...NO_FILTER, ...filter }))
  expect(found({ round: 'Round 2' })).toEqual(['market-14', 'market-13'])
  expect(found({ sought: 'winner match 1' })).toEqual(['market-12', 'market-11'])
  expect(found({ sought: 'OUTCOME 7' })).toEqual(['market-14'])
  expect(found({ sought: 'nobody' })).toEqual([])
})

it('names its rounds in the order people count', () => {
  expect(roundsOf(structure)).toEqual(['Round 2', 'Round 10'])
})

it('holds its order while somebody works in it, new rows behind', () => {
  const rows = rowsOf(structure)
  const held = ['market-13', 'market-14', 'gone', 'market-12']
  const order = keys(keepOrder(held, rows, rows))
  expect(order).toEqual(['market-13', 'market-14', 'market-12', 'match-3', 'market-11'])
})

it('keeps what left its state while somebody worked on it', () => {
  const scope = rowsOf(structure)
  const open = scope.filter((row) => isShown(row, 'open'))
  const held = ['market-14', 'market-13']
  expect(keys(keepOrder(held, open, scope))).toEqual(['market-14', 'market-13'])
})

it('lists ten thousand markets', () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    market(i + 1, [2 * i + 1, 2 * i + 2], { match_id: 1 }),
  )
  expect(rowsOf(structureOf([match(1)], many))).toHaveLength(10_000)
})
