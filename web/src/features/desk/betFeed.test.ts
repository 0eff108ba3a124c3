import { expect, it } from 'vitest'
import { arrive, fromApi, fromFeed, LIVE_MAX, NO_LIVE, release, type Taken, together } from './betFeed'

const bet = (n: number): Taken => fromFeed([`b${n}`, 1, 'Amara', 5, n, 2000, 1000 + n], 3)
const stakes = (rows: Taken[]) => rows.map((row) => row.stake)

it('puts new bets on top', () => {
  const live = arrive(arrive(NO_LIVE, [bet(1)], false), [bet(3), bet(2)], false)
  expect(stakes(live.rows)).toEqual([3, 2, 1])
})

it('lets them wait while somebody reads, and counts them', () => {
  const held = arrive(arrive(NO_LIVE, [bet(1)], false), [bet(3), bet(2)], true)
  expect(stakes(held.rows)).toEqual([1])
  expect(held.waited).toBe(2)
  const shown = release(held)
  expect(stakes(shown.rows)).toEqual([3, 2, 1])
  expect(shown.waited).toBe(0)
})

it('keeps no more than its bound, and then shows nothing below the gap', () => {
  let live = NO_LIVE
  for (let n = 1; n <= LIVE_MAX + 5; n++) live = arrive(live, [bet(n)], false)
  expect(live.rows).toHaveLength(LIVE_MAX)
  expect(together(live, [bet(0)])).toHaveLength(LIVE_MAX)
})

it('keeps no more of what waits either, but counts all of it', () => {
  let live = arrive(NO_LIVE, [bet(0)], false)
  for (let n = 1; n <= LIVE_MAX + 5; n++) live = arrive(live, [bet(n)], true)
  expect(live.waiting).toHaveLength(LIVE_MAX)
  expect(live.waited).toBe(LIVE_MAX + 5)
  expect(release(live).isCut).toBe(true)
})

it('tells a bet once, as it was read', () => {
  const live = arrive(NO_LIVE, [bet(2), bet(1)], false)
  const read: Taken = { ...bet(1), status: 'won', payout: 9 }
  expect(together(live, [read]).map(({ id, status }) => [id, status])).toEqual([
    ['b2', 'pending'],
    ['b1', 'won'],
  ])
})

it('reads a bet of the API', () => {
  const read = fromApi({
    id: 'x',
    user_id: 1,
    bettor: 'Amara',
    match_id: 2,
    market_id: 3,
    outcome_id: 5,
    match: 'Final',
    market: 'Winner',
    outcome: 'Mexico',
    outcome_now: 'Mexico',
    kind: 'pool',
    status: 'won',
    stake: 500,
    currency: 'EUR',
    exponent: 2,
    odds: '2.28',
    payout: 1140,
    placed_at: '1970-01-01T00:00:01Z',
  })
  expect([read.odds, read.at, read.market]).toEqual([2280, 1000, 3])
})
