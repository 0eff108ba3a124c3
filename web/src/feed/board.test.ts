import { expect, it } from 'vitest'
import { type BoardState, fold, PULSE_SECONDS } from './board'
import { market, snapshot, update } from './fixtures'
import type { PublicMessage } from './messages'

const folded = (...messages: PublicMessage[]) =>
  messages.reduce<BoardState | null>((state, message) => fold(state, message), null)!

it('knows nothing before the first snapshot', () => {
  expect(fold(null, update({ total: 1 }))).toBeNull()
  expect(fold(null, { t: 'beat', seq: 1, now: 1 })).toBeNull()
})

it('takes a snapshot as it is', () => {
  const state = folded(snapshot())
  expect(state).toMatchObject({ seq: 10, epoch: 'e1', total: 2000, bets: 2 })
  expect(state.ticks.get(51)).toEqual({ stakes: 1000, bets: 1, odds: 1900 })
  expect(state.pools.get(5)).toBe(2000)
})

it('lets a bet move odds, stakes and the pool, and leaves the structure alone', () => {
  const before = folded(snapshot())
  const state = fold(before, update({ total: 2500, bets: 3, outcomes: [[51, 1500, 2, 1580]] }))!
  expect(state.ticks.get(51)).toEqual({ stakes: 1500, bets: 2, odds: 1580 })
  expect(state.ticks.get(52)).toBe(before.ticks.get(52))
  expect(state.pools.get(5)).toBe(2500)
  expect(state).toMatchObject({ seq: 11, total: 2500, bets: 3 })
  expect(state.structure).toBe(before.structure)
})

it('never goes back: what is older than the board changes nothing', () => {
  const state = folded(snapshot({}, 20))
  expect(fold(state, update({ seq: 19, total: 1 }))).toBe(state)
})

it('takes a new market and lets one go', () => {
  const state = folded(snapshot(), update({ markets: [market(6, [61])] }))
  expect(state.structure.markets.size).toBe(2)
  expect(state.structure.marketOf.get(61)).toBe(6)
  const without = fold(state, update({ seq: 12, gone: { markets: [6], matches: [] } }))!
  expect(without.structure.markets.has(6)).toBe(false)
  expect(without.pools.has(6)).toBe(false)
  expect(without.ticks.has(61)).toBe(false)
})

it('replaces a market as a whole when it changes', () => {
  const state = folded(
    snapshot(),
    update({ markets: [market(5, [51, 52], { status: 'closed', version: 2 })] }),
  )
  expect(state.structure.markets.get(5)).toMatchObject({ status: 'closed', version: 2 })
})

it('does not count what stands on a withdrawn outcome', () => {
  const changed = market(5, [51, 52])
  changed.outcomes[1]!.withdrawn = true
  expect(folded(snapshot(), update({ markets: [changed] })).pools.get(5)).toBe(1000)
})

it('replaces the pulse of the same second and forgets what is too old', () => {
  const state = folded(
    snapshot(),
    update({
      pulse: [
        [100, 2500, {}],
        [101, 300, {}],
      ],
    }),
  )
  expect(state.pulse.map(([second, stakes]) => [second, stakes])).toEqual([
    [100, 2500],
    [101, 300],
  ])
  const later = fold(state, update({ seq: 12, pulse: [[100 + PULSE_SECONDS, 1, {}]] }))!
  expect(later.pulse.map(([second]) => second)).toEqual([101, 100 + PULSE_SECONDS])
})

it('keeps the last twelve bets, newest first', () => {
  const rows = Array.from({ length: 15 }, (_, i): [number, number, number, number] => [51, 100, 1900, i])
  const state = folded(snapshot(), update({ tape: rows }))
  expect(state.tape).toHaveLength(12)
  expect(state.tape[0]?.[3]).toBe(14)
})

it('remembers how far a beat says it is', () => {
  expect(folded(snapshot(), { t: 'beat', seq: 15, now: 1 }).seq).toBe(15)
})
