import { expect, it } from 'vitest'
import type { Structure } from '@/feed/board'
import { fromBoard } from '@/feed/board'
import { market, snapshot } from '@/feed/fixtures'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import { LAST_CALL_MS, phaseAt } from '@/feed/phase'
import { fieldsBeside, isSameScene, nextScene, RESULT_SHOWN_MS, ranked, type Scene } from './scene'

const NOW = 1_000_000_000
const MINUTE = 60_000

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
const of = (id: number, more: Partial<MarketOnBoard> = {}, outcomes = 2) =>
  market(
    id,
    Array.from({ length: outcomes }, (_, i) => id * 100 + i),
    { match_id: id, closes_at: NOW + id * MINUTE * 2, ...more },
  )

function structure(markets: MarketOnBoard[], matches?: MatchOnBoard[]): Structure {
  const shown = matches ?? [...new Set(markets.map((one) => one.match_id))].map((id) => match(id))
  return fromBoard(snapshot({ markets, matches: shown }).board, 1, 'e').structure
}
const at = (scene: Scene) => (scene.t === 'match' ? [scene.market, scene.phase] : scene.t)
const first = (markets: MarketOnBoard[], now = NOW, pinned: number | null = null) =>
  nextScene(null, structure(markets), now, pinned)

it('shows the open match that closes next, those without a closing last', () => {
  expect(at(first([of(3), of(2), of(1, { closes_at: null })]))).toEqual([2, 'open'])
  expect(at(first([of(1, { closes_at: null }), of(4, { closes_at: null })]))).toEqual([1, 'open'])
})

it('shows the first market of that match', () => {
  const winner = of(5, { closes_at: NOW + 3 * MINUTE })
  const games = of(6, { match_id: 5, closes_at: NOW + 2 * MINUTE })
  expect(at(first([games, winner]))).toEqual([5, 'open'])
  expect(at(first([games, { ...winner, status: 'draft' }]))).toEqual([6, 'open'])
})

it('calls last in the final minute, on the clock it is given', () => {
  const one = of(1, { closes_at: NOW })
  expect(phaseAt(one, NOW - LAST_CALL_MS - 1)).toBe('open')
  expect(phaseAt(one, NOW - LAST_CALL_MS)).toBe('lastCall')
  expect(phaseAt(one, NOW - 1)).toBe('lastCall')
  expect(phaseAt(one, NOW)).toBe('closed')
})

it('says closed when the time is over, before the server has closed it and after', () => {
  expect(phaseAt(of(1, { status: 'suspended', closes_at: NOW }), NOW)).toBe('closed')
  expect(phaseAt(of(1, { status: 'closed', closes_at: NOW + MINUTE }), NOW)).toBe('closed')
})

it('stays with a suspended match', () => {
  expect(at(first([of(1, { status: 'suspended' }), of(2)]))).toEqual([1, 'suspended'])
})

it('stays frozen on what closed until its result was seen for its time, then goes on', () => {
  const second = of(2, { closes_at: NOW + 60 * MINUTE })
  const show = (status: MarketOnBoard['status'], before: Scene | null, now: number) =>
    nextScene(before, structure([of(1, { status }), second]), now, null)
  const open = show('open', null, NOW)
  const closed = show('closed', open, NOW + 2 * MINUTE)
  expect(at(closed)).toEqual([1, 'closed'])
  const muchLater = show('closed', closed, NOW + 40 * MINUTE)
  expect(at(muchLater)).toEqual([1, 'closed'])
  const resulted = show('resulted', muchLater, NOW + 41 * MINUTE)
  expect(at(resulted)).toEqual([1, 'resulted'])
  const paying = show('settling', resulted, NOW + 42 * MINUTE)
  const paid = show('settled', paying, NOW + 42 * MINUTE + RESULT_SHOWN_MS - 1)
  expect(at(paid)).toEqual([1, 'settled'])
  expect(at(show('settled', paid, NOW + 42 * MINUTE + RESULT_SHOWN_MS))).toEqual([2, 'open'])
})

it('lets the last call of another match take over from what is frozen, and not before', () => {
  const frozen: Scene = { t: 'match', market: 1, phase: 'closed', overSince: null }
  const both = structure([of(1, { status: 'closed' }), of(2, { closes_at: NOW + 2 * MINUTE })])
  expect(at(nextScene(frozen, both, NOW, null))).toEqual([1, 'closed'])
  expect(at(nextScene(frozen, both, NOW + MINUTE, null))).toEqual([2, 'lastCall'])
})

it('shows a void market as refunded, and goes on', () => {
  const before: Scene = { t: 'match', market: 1, phase: 'closed', overSince: null }
  const both = structure([of(1, { status: 'void' }), of(2)])
  const refunded = nextScene(before, both, NOW, null)
  expect(at(refunded)).toEqual([1, 'refunded'])
  expect(at(nextScene(refunded, both, NOW + RESULT_SHOWN_MS, null))).toEqual([2, 'open'])
})

it('comes back to a market that is opened again', () => {
  const frozen: Scene = { t: 'match', market: 1, phase: 'closed', overSince: null }
  expect(at(nextScene(frozen, structure([of(1), of(2)]), NOW, null))).toEqual([1, 'open'])
})

it('shows what waits for its result where nothing is open, the last to close first', () => {
  const waiting = [of(1, { status: 'closed' }), of(2, { status: 'closed' }), of(3, { status: 'settled' })]
  expect(at(first(waiting))).toEqual([2, 'closed'])
})

it('names the next match to come where no betting is, and nothing where all is over', () => {
  const over = of(1, { status: 'settled' })
  const matches = [match(1), match(8, { starts_at: NOW + 9 }), match(9, { starts_at: NOW + 5 })]
  const draft = of(9, { status: 'draft' })
  expect(nextScene(null, structure([over, draft], matches), NOW, null)).toEqual({ t: 'between', next: 9 })
  expect(first([over])).toEqual({ t: 'between', next: null })
})

it('knows an empty tournament', () => {
  expect(nextScene(null, structure([], []), NOW, null)).toEqual({ t: 'empty' })
})

it('stays with a pinned match, through its result and after', () => {
  const show = (status: MarketOnBoard['status'], before: Scene | null, now: number) =>
    nextScene(before, structure([of(1), of(7, { status })]), now, 7)
  let scene = show('open', null, NOW)
  expect(at(scene)).toEqual([7, 'open'])
  scene = show('settled', scene, NOW + MINUTE)
  expect(at(show('settled', scene, NOW + 60 * MINUTE))).toEqual([7, 'settled'])
  expect(at(first([of(1)], NOW, 99))).toEqual([1, 'open'])
})

it('lets go of a market that was deleted', () => {
  const before: Scene = { t: 'match', market: 5, phase: 'closed', overSince: null }
  expect(at(nextScene(before, structure([of(2)]), NOW, null))).toEqual([2, 'open'])
})

it('tells a scene that changed from one that only grew older', () => {
  const scene: Scene = { t: 'match', market: 1, phase: 'settled', overSince: 5 }
  expect(isSameScene(scene, { ...scene, overSince: 9 })).toBe(true)
  expect(isSameScene(scene, { ...scene, phase: 'closed' })).toBe(false)
})

it('puts the largest other market that takes bets beside it', () => {
  const outright = of(9, {}, 12)
  const all = structure([of(1), of(2), outright, of(4, { status: 'closed' }, 40)])
  const beside = (shown: number) => fieldsBeside(all, shown, NOW).map((one) => one.id)
  expect(beside(1)).toEqual([9])
  expect(fieldsBeside(structure([of(1)]), 1, NOW)).toEqual([])
  // Where there is no large one, the next two to close.
  expect(beside(9)).toEqual([1, 2])
})

it('ranks favourites first, those without odds by their place, and leaves withdrawn ones out', () => {
  const race = of(1, {}, 4)
  race.outcomes[3]!.withdrawn = true
  const odds: Record<number, number | null> = { 100: null, 101: 5000, 102: 2000 }
  expect(ranked(race, (id) => odds[id] ?? null).map((outcome) => outcome.id)).toEqual([102, 101, 100])
})

it('shows what is left of a match once its first result was seen, before another match', () => {
  const won = of(5, { status: 'settled', closes_at: NOW - MINUTE })
  const waiting = of(6, { match_id: 5, status: 'closed', closes_at: NOW - MINUTE })
  const later = of(7, { closes_at: NOW + 14 * 24 * 60 * MINUTE })
  const before: Scene = { t: 'match', market: 5, phase: 'settled', overSince: NOW }
  const board = structure([won, waiting, later])
  expect(at(nextScene(before, board, NOW + 1, null))).toEqual([5, 'settled'])
  expect(at(nextScene(before, board, NOW + RESULT_SHOWN_MS, null))).toEqual([6, 'closed'])
  const over = structure([won, { ...waiting, status: 'settled' }, later])
  expect(at(nextScene(before, over, NOW + RESULT_SHOWN_MS, null))).toEqual([7, 'open'])
})

it('takes what is closed by hand before what closes only days later', () => {
  const byHand = of(1, { closes_at: null })
  expect(at(first([of(2, { closes_at: NOW + 14 * 24 * 60 * MINUTE }), byHand]))).toEqual([1, 'open'])
})
