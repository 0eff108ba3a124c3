/** A small board for tests. */

import type { Board, MarketOnBoard, Snapshot, Update } from './messages'

export function market(id: number, outcomes: number[], more: Partial<MarketOnBoard> = {}): MarketOnBoard {
  return {
    id,
    match_id: 1,
    name: 'Match winner',
    kind: 'pool',
    status: 'open',
    opens_at: null,
    closes_at: null,
    closes_offset_s: null,
    takeout_bps: 500,
    break_to_milli: 10,
    minimum_milli: 1000,
    minimum_tiers: '',
    started_with: 0,
    guaranteed: 0,
    carry_to: null,
    places: 1,
    division: 'profit',
    carried: 0,
    carried_gross: 0,
    waits_for_sides: false,
    stake_min: 1,
    stake_max: 100_000_000,
    result: null,
    version: 1,
    outcomes: outcomes.map((outcome, i) => ({
      id: outcome,
      name: `Outcome ${outcome}`,
      lane_no: i + 1,
      stakes: 1000,
      bets: 1,
      odds_milli: 1900,
      withdrawn: false,
      deduction_bps: 0,
    })),
    ...more,
  }
}

export function snapshot(more: Partial<Board> = {}, seq = 10): Snapshot {
  const board: Board = {
    tournament: {
      id: 1,
      slug: 'open',
      name: 'Open',
      subtitle: '',
      currency: 'EUR',
      exponent: 2,
      timezone: 'UTC',
    },
    total: 2000,
    bets: 2,
    matches: [{ id: 1, name: 'Final', round: '', venue: '', starts_at: null, score: null, not_played: null }],
    markets: [market(5, [51, 52])],
    pulse: [[100, 2000, { 51: 1000, 52: 1000 }]],
    tape: [],
    ...more,
  }
  return { t: 'snapshot', seq, epoch: 'e1', now: 1_000_000, board }
}

export const update = (more: Partial<Update>, seq = 11): Update => ({
  t: 'update',
  seq,
  now: 1_000_100,
  total: 2000,
  bets: 2,
  pulse: [],
  outcomes: [],
  tape: [],
  ...more,
})
