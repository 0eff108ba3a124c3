/** Folds the feed's messages into the board. Pure: knows no socket, no screen and not what time it is. */

import type {
  Board,
  MarketOnBoard,
  MatchOnBoard,
  OutcomeOnBoard,
  PublicMessage,
  PulseRow,
  TapeRow,
  TournamentOnBoard,
  Update,
} from './messages'

export const PULSE_SECONDS = 120
const TAPE_ROWS = 12

/** What of the board changes rarely, and React renders. */
export interface Structure {
  tournament: TournamentOnBoard
  matches: ReadonlyMap<number, MatchOnBoard>
  markets: ReadonlyMap<number, MarketOnBoard>
  /** The market of each outcome. */
  marketOf: ReadonlyMap<number, number>
}

/** What of an outcome changes with every bet, and cells write. */
export interface Tick {
  stakes: number
  bets: number
  odds: number | null
}

export interface BoardState {
  epoch: string
  seq: number
  structure: Structure
  ticks: ReadonlyMap<number, Tick>
  /** Stakes on each market, of outcomes that still run. */
  pools: ReadonlyMap<number, number>
  total: number
  bets: number
  /** Stakes by second, oldest first. */
  pulse: readonly PulseRow[]
  /** Newest first. */
  tape: readonly TapeRow[]
}

const tickOf = (outcome: OutcomeOnBoard): Tick => ({
  stakes: outcome.stakes,
  bets: outcome.bets,
  odds: outcome.odds_milli,
})

const byId = <T extends { id: number }>(items: Iterable<T>) =>
  new Map(Array.from(items, (item) => [item.id, item]))

function poolOf(market: MarketOnBoard, ticks: ReadonlyMap<number, Tick>): number {
  let pool = 0
  for (const outcome of market.outcomes) if (!outcome.withdrawn) pool += ticks.get(outcome.id)?.stakes ?? 0
  return pool
}

function structureOf(
  tournament: TournamentOnBoard,
  matches: ReadonlyMap<number, MatchOnBoard>,
  markets: ReadonlyMap<number, MarketOnBoard>,
): Structure {
  const marketOf = new Map<number, number>()
  for (const market of markets.values())
    for (const outcome of market.outcomes) marketOf.set(outcome.id, market.id)
  return { tournament, matches, markets, marketOf }
}

export function fromBoard(board: Board, seq: number, epoch: string): BoardState {
  const structure = structureOf(board.tournament, byId(board.matches), byId(board.markets))
  const ticks = new Map<number, Tick>()
  for (const market of board.markets)
    for (const outcome of market.outcomes) ticks.set(outcome.id, tickOf(outcome))
  const pools = new Map(board.markets.map((market) => [market.id, poolOf(market, ticks)]))
  const newestFirst = [...board.tape].sort((a, b) => b[3] - a[3])
  return {
    epoch,
    seq,
    structure,
    ticks,
    pools,
    total: board.total,
    bets: board.bets,
    pulse: board.pulse,
    tape: newestFirst,
  }
}

/** A row replaces the row of the same second; what is older than the window goes. */
function foldPulse(pulse: readonly PulseRow[], rows: readonly PulseRow[] | undefined): readonly PulseRow[] {
  if (!rows?.length) return pulse
  const bySecond = new Map(pulse.map((row) => [row[0], row]))
  for (const row of rows) bySecond.set(row[0], row)
  const sorted = [...bySecond.values()].sort((a, b) => a[0] - b[0])
  const newest = sorted.at(-1)![0]
  return sorted.filter((row) => row[0] > newest - PULSE_SECONDS)
}

function foldStructure(before: Structure, update: Update): Structure {
  if (!update.markets && !update.matches && !update.gone && !update.tournament) return before
  const matches = new Map(before.matches)
  const markets = new Map(before.markets)
  for (const match of update.matches ?? []) matches.set(match.id, match)
  for (const market of update.markets ?? []) markets.set(market.id, market)
  for (const id of update.gone?.markets ?? []) markets.delete(id)
  for (const id of update.gone?.matches ?? []) matches.delete(id)
  return structureOf(update.tournament ?? before.tournament, matches, markets)
}

function foldUpdate(state: BoardState, update: Update): BoardState {
  const structure = foldStructure(state.structure, update)
  const touched = touchedBy(update, structure)
  let { ticks, pools } = state
  if (touched.outcomes.length || touched.markets.size) {
    const next = new Map(ticks)
    for (const market of update.markets ?? []) {
      for (const outcome of market.outcomes) next.set(outcome.id, tickOf(outcome))
    }
    for (const [id, stakes, bets, odds] of update.outcomes ?? []) next.set(id, { stakes, bets, odds })
    // What a market took with it: a screen that hangs for days would keep it.
    if (structure !== state.structure)
      for (const id of state.structure.marketOf.keys()) if (!structure.marketOf.has(id)) next.delete(id)
    ticks = next
    const nextPools = new Map(pools)
    for (const id of touched.markets) {
      const market = structure.markets.get(id)
      if (market) nextPools.set(id, poolOf(market, next))
      else nextPools.delete(id)
    }
    pools = nextPools
  }
  return {
    epoch: state.epoch,
    seq: update.seq,
    structure,
    ticks,
    pools,
    total: update.total ?? state.total,
    bets: update.bets ?? state.bets,
    pulse: foldPulse(state.pulse, update.pulse),
    tape: update.tape?.length
      ? [...update.tape, ...state.tape].sort((a, b) => b[3] - a[3]).slice(0, TAPE_ROWS)
      : state.tape,
  }
}

/** The next state. An update before the first snapshot, or one that is already in, changes nothing. */
export function fold(state: BoardState | null, message: PublicMessage): BoardState | null {
  if (message.t === 'snapshot') return fromBoard(message.board, message.seq, message.epoch)
  if (state === null || message.seq < state.seq) return state
  if (message.t === 'beat') return message.seq === state.seq ? state : { ...state, seq: message.seq }
  return foldUpdate(state, message)
}

/** Which outcomes and markets an update speaks of, so that only their cells are written. */
export function touchedBy(
  update: Update,
  structure: Structure,
): { outcomes: number[]; markets: Set<number> } {
  const outcomes: number[] = []
  const markets = new Set<number>(update.gone?.markets ?? [])
  for (const [id] of update.outcomes ?? []) {
    outcomes.push(id)
    const market = structure.marketOf.get(id)
    if (market !== undefined) markets.add(market)
  }
  for (const market of update.markets ?? []) {
    markets.add(market.id)
    for (const outcome of market.outcomes) outcomes.push(outcome.id)
  }
  return { outcomes, markets }
}
