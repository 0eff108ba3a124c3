/** A made-up tournament for working on the pages without a server. Money in minor units; nothing is kept. */

const PEOPLE = [
  'Mara Lindqvist',
  'Jun Takeda',
  'Amara Okafor',
  'Luis Cabrera',
  'Priya Raman',
  'Tomasz Zieliński',
]
PEOPLE.push('Noor Haddad', 'Ewa Kowal', 'Sam Whitlock', 'Inês Duarte', 'Bao Tran', 'Kofi Mensah')
const RULES = { takeout_bps: 500, break_to_milli: 10, minimum_milli: 1000, stake_min: 100, stake_max: 50_000 }
const now = () => Date.now()
const iso = (ms) => new Date(ms).toISOString()

let nextId = 1
const id = () => nextId++

export const tournament = {
  id: 1,
  slug: 'riverside-open-2026',
  name: 'Riverside Open 2026',
  subtitle: 'Table tennis, quarter-finals',
  currency: 'EUR',
  exponent: 2,
  timezone: 'Europe/Berlin',
}
export const matches = []
export const markets = []
export const outcomes = new Map()
export const book = { total: 0, bets: 0, seq: 1, epoch: 'fake' }
export const pulse = new Map()
export const tape = []

function addMatch(name, round) {
  const match = { id: id(), name, round, place: null, starts_at: now() + 3_600_000, score: null }
  matches.push(match)
  return match
}

function addMarket(match, name, names, { closesIn, kind = 'pool', status = 'open', weights }) {
  const market = {
    id: id(),
    match_id: match.id,
    name,
    kind,
    status,
    closes_at: now() + closesIn * 1000,
    ...RULES,
    result: null,
    version: 1,
    outcomes: [],
  }
  names.forEach((outcomeName, i) => {
    const stakes = Math.round((weights?.[i] ?? 180 + Math.random() * 700) * 100)
    const outcome = {
      id: id(),
      name: outcomeName,
      place: i + 1,
      stakes,
      bets: Math.round(stakes / 3000),
      odds_milli: kind === 'fixed' ? 1500 + i * 730 : null,
      withdrawn: false,
    }
    market.outcomes.push(outcome)
    outcomes.set(outcome.id, { outcome, market })
    book.total += outcome.stakes
    book.bets += outcome.bets
  })
  markets.push(market)
  price(market)
  return market
}

export function price(market) {
  if (market.kind === 'fixed') return
  const gross = market.outcomes.reduce((sum, outcome) => sum + outcome.stakes, 0)
  const net = gross - Math.floor((gross * market.takeout_bps) / 10_000)
  for (const outcome of market.outcomes) {
    const step = market.break_to_milli
    const odds = outcome.stakes ? Math.floor((net * 1000) / outcome.stakes / step) * step : null
    outcome.odds_milli = odds === null ? null : Math.max(odds, market.minimum_milli)
  }
}

export function takeBet(outcomeId, stake) {
  const { outcome, market } = outcomes.get(outcomeId)
  outcome.stakes += stake
  outcome.bets += 1
  book.total += stake
  book.bets += 1
  price(market)
  const second = Math.floor(now() / 1000)
  const row = pulse.get(second) ?? [second, 0, {}]
  row[1] += stake
  row[2][outcomeId] = (row[2][outcomeId] ?? 0) + stake
  pulse.set(second, row)
  tape.unshift([outcomeId, stake, outcome.odds_milli, now()])
  tape.length = Math.min(tape.length, 12)
  return market
}

export function board() {
  const oldest = Math.floor(now() / 1000) - 120
  for (const second of pulse.keys()) if (second < oldest) pulse.delete(second)
  return {
    tournament,
    total: book.total,
    bets: book.bets,
    matches,
    markets,
    pulse: [...pulse.values()],
    tape,
  }
}

export function marketOfApi(market) {
  const odds = (milli) => (milli === null ? null : (milli / 1000).toFixed(2))
  return {
    ...market,
    tournament_id: tournament.id,
    closes_at: iso(market.closes_at),
    closed_at: null,
    outcomes: market.outcomes.map(({ odds_milli, ...rest }) => ({
      ...rest,
      odds: odds(odds_milli),
      odds_version: 1,
    })),
  }
}

/** What settling would do, roughly: enough for the desk to show. */
export function preview(market, { winners = [], all_void = false } = {}) {
  const gross = market.outcomes.reduce((sum, outcome) => sum + outcome.stakes, 0)
  const takeout = all_void ? 0 : Math.floor((gross * market.takeout_bps) / 10_000)
  const bets = market.outcomes.reduce((sum, outcome) => sum + outcome.bets, 0)
  let paid = 0
  const rows = market.outcomes.map((outcome) => {
    const won = winners.includes(outcome.id)
    const pays = all_void
      ? outcome.stakes
      : won
        ? Math.floor((outcome.stakes * outcome.odds_milli) / 1000)
        : 0
    paid += pays
    return {
      outcome_id: outcome.id,
      name: outcome.name,
      stakes: outcome.stakes,
      bets: outcome.bets,
      dividend: won ? (outcome.odds_milli / 1000).toFixed(2) : null,
      label: all_void ? 'void' : won ? 'won' : 'lost',
      paid: pays,
    }
  })
  return {
    market_id: market.id,
    kind: all_void ? 'void' : 'settle',
    result: { winners },
    currency: tournament.currency,
    gross,
    refunds: all_void ? gross : 0,
    takeout,
    net: gross - takeout,
    paid,
    breakage: gross - takeout - paid,
    house_added: 0,
    house_won: 0,
    bets,
    winners: rows.reduce((sum, row) => sum + (row.label === 'won' ? row.bets : 0), 0),
    bettors: Math.ceil(bets * 0.7),
    all_refunded: all_void,
    outcomes: rows,
    digest: 'fake-digest',
  }
}

const quarter3 = addMatch('Quarter-final 3', 'Quarter-finals')
addMarket(quarter3, 'Match winner', PEOPLE.slice(2, 4), { closesIn: 134, weights: [1567, 2207] })
const outright = addMatch('Tournament winner', null)
const WEIGHTS = [1316, 834, 1056, 700, 768, 685, 406, 495]
addMarket(outright, 'Outright', PEOPLE.slice(0, 8), { closesIn: 5530, weights: WEIGHTS })
addMarket(addMatch('Quarter-final 1', 'Quarter-finals'), 'Match winner', PEOPLE.slice(0, 2), {
  closesIn: 1480,
})
addMarket(addMatch('Quarter-final 2', 'Quarter-finals'), 'Match winner', PEOPLE.slice(4, 6), {
  closesIn: 3120,
})
addMarket(addMatch('Quarter-final 4', 'Quarter-finals'), 'Match winner', PEOPLE.slice(6, 8), {
  closesIn: 4300,
})
addMarket(quarter3, 'Total games, over / under 5.5', ['Over 5.5', 'Under 5.5'], {
  closesIn: 134,
  kind: 'fixed',
})
const sixteen = addMatch('Round of 16, table 2', 'Round of 16')
const paused = addMarket(addMatch('Exhibition', 'Quarter-finals'), 'Match winner', PEOPLE.slice(8, 10), {
  closesIn: 900,
})
paused.status = 'suspended'
addMarket(addMatch('Round of 16, table 5', 'Round of 16'), 'Match winner', PEOPLE.slice(8, 10), {
  closesIn: -600,
  status: 'closed',
})
const settled = addMarket(sixteen, 'Match winner', [PEOPLE[4], PEOPLE[10]], {
  closesIn: -7200,
  status: 'settled',
})
settled.result = { winners: [settled.outcomes[0].id] }
sixteen.score = '3:1'

const extra = Number(process.env.FAKE_MATCHES ?? 0)
for (let i = 0; i < extra; i++) {
  const match = addMatch(`${PEOPLE[i % 12]} v ${PEOPLE[(i * 5 + 1) % 12]}`, `Group ${'ABCDEFGHIJKL'[i % 12]}`)
  addMarket(match, 'Match winner', [PEOPLE[i % 12], 'Draw', PEOPLE[(i * 5 + 1) % 12]], {
    closesIn: 7200 + i * 600,
  })
}

const start = Math.floor(now() / 1000)
for (let s = 119; s > 0; s--) {
  const wave = Math.exp(-(((120 - s - 38) / 7) ** 2)) * 1.7 + Math.exp(-(((120 - s - 97) / 10) ** 2)) * 3
  if (Math.random() > 0.3 + wave / 3) continue
  const stakes = Math.round((0.3 + wave * 0.6 + Math.random()) * 40) * 100
  // A third of it on each side of the featured match, the rest on the outright.
  const shares = [Math.random() < 0.6, Math.random() < 0.4].map((is) => (is ? Math.round(stakes / 3) : 0))
  const [one, two] = markets[0].outcomes
  const rest = stakes - shares[0] - shares[1]
  pulse.set(start - s, [
    start - s,
    stakes,
    { [one.id]: shares[0], [two.id]: shares[1], [markets[1].outcomes[0].id]: rest },
  ])
}
