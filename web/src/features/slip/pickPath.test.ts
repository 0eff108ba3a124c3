import { expect, it } from 'vitest'
import { fromBoard } from '@/feed/board'
import { market, snapshot } from '@/feed/fixtures'
import { pickPath } from './pickPath'

const structureOf = (...markets: ReturnType<typeof market>[]) =>
  fromBoard(snapshot({ markets }).board, 1, 'e').structure

it('leads back to the pick and the stake', () => {
  const structure = structureOf(market(5, [51, 52], { match_id: 3 }))
  const { slug } = structure.tournament
  expect(pickPath(structure, 52, '12.50')).toBe(`/t/${slug}/m/3?pick=2&stake=12.50`)
  expect(pickPath(structure, 51, '')).toBe(`/t/${slug}/m/3?pick=1`)
})

it('names the outcome where a lane would be of another market, and nothing where there is no bet', () => {
  const structure = structureOf(
    market(5, [51, 52], { match_id: 3 }),
    market(6, [61, 62], { match_id: 3 }),
    market(7, [71], { match_id: 4, status: 'closed' }),
  )
  const board = `/t/${structure.tournament.slug}`
  expect(pickPath(structure, 62, '5')).toBe(`${board}/m/3?outcome=62&stake=5`)
  expect(pickPath(structure, 71, '5')).toBe(board)
  expect(pickPath(structure, 99, '5')).toBe(board)
})
