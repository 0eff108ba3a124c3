import { expect, it } from 'vitest'
import { fromBoard } from '@/feed/board'
import { market, snapshot } from '@/feed/fixtures'
import { firstOf, groupMarkets } from './grouping'

const match = (id: number, round: string) => ({
  id,
  name: `Match ${id}`,
  round,
  venue: '',
  starts_at: null,
  score: null,
  not_played: null,
})

function grouped(markets: ReturnType<typeof market>[]) {
  const matches = [match(1, 'Group A'), match(2, 'Group B'), match(3, '')]
  const { board } = snapshot({ matches, markets })
  return groupMarkets(fromBoard(board, 1, 'e').structure)
}

it('shows open markets by round, the round that closes first on top', () => {
  const { open } = grouped([
    market(5, [51], { match_id: 1, closes_at: 300 }),
    market(6, [61], { match_id: 2, closes_at: 100 }),
    market(7, [71], { match_id: 1, closes_at: 200 }),
  ])
  expect(open.map((group) => group.round)).toEqual(['Group B', 'Group A'])
  expect(open[1]?.entries.map((entry) => entry.market.id)).toEqual([7, 5])
})

it('stands a large field beside the first match to close', () => {
  const { open } = grouped([
    market(5, [51], { match_id: 1, closes_at: 100 }),
    market(6, [61], { match_id: 1, closes_at: 200 }),
    market(7, [71, 72, 73, 74, 75], { match_id: 3, closes_at: 900 }),
  ])
  expect(open).toHaveLength(1)
  expect(open[0]?.entries.map((entry) => entry.market.id)).toEqual([5, 7, 6])
})

it('keeps suspended with open, waiting apart, settled last and drafts hidden', () => {
  const groups = grouped([
    market(1, [11], { status: 'draft' }),
    market(2, [21], { status: 'suspended' }),
    market(3, [31], { status: 'closed' }),
    market(4, [41], { status: 'settled' }),
  ])
  expect(groups.open.flatMap((group) => group.entries.map((entry) => entry.market.id))).toEqual([2])
  expect(groups.waiting.map((entry) => entry.market.id)).toEqual([3])
  expect(groups.settled.map((entry) => entry.market.id)).toEqual([4])
})

it('cuts a long board after so many markets, in the middle of a round if need be', () => {
  const { open } = grouped([
    market(1, [11], { match_id: 1, closes_at: 100 }),
    market(2, [21], { match_id: 1, closes_at: 200 }),
    market(3, [31], { match_id: 2, closes_at: 300 }),
    market(4, [41], { match_id: 2, closes_at: 400 }),
  ])
  const idsOf = (count: number) =>
    firstOf(open, count).map((group) => group.entries.map((entry) => entry.market.id))
  expect(idsOf(3)).toEqual([[1, 2], [3]])
  expect(idsOf(2)).toEqual([[1, 2]])
  expect(idsOf(9)).toEqual([
    [1, 2],
    [3, 4],
  ])
})
