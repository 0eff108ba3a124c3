/**
 * In place of the page's WebSocket: a tournament that never rests. Every bet, tape row and second is an update; markets open,
 * close, are settled and go, new ones come; the socket breaks off. `flood` in the page says how far it is and holds it.
 */

const PER_TICK = 10
const TICK_MS = 10
const MARKET_STEP = 40
const BREAK_EVERY = 1000
const FIELD = 24

const flood = { sent: 0, goal: 0, breaks: 0, socket: null }
window.flood = flood

let seq = 1
let nextId = 1
let step = 0
let world

function market(outcomes, closesInS) {
  const id = nextId++
  const names = (i) => `Runner ${i + 1} of ${id} ${'of the long name '.repeat(i % 3)}`
  return {
    id, match_id: id, name: 'Winner', kind: 'pool', status: 'open', closes_at: Date.now() + closesInS * 1000,
    takeout_bps: 1000, break_to_milli: 10, minimum_milli: 1000, stake_min: 1, stake_max: 100000, result: null, version: 1,
    outcomes: Array.from({ length: outcomes }, (_, i) => (
      { id: nextId++, name: names(i), place: i + 1, stakes: 1000, bets: 1, odds_milli: 2000, withdrawn: false }
    )),
  }
}

const match = (id) => ({ id, name: `Match ${id}`, round: 'Round', place: null, starts_at: null, score: null })

/** The same shape each time it is called, so that what is measured then can be compared. */
function begin() {
  world = { featured: market(2, 30), field: market(FIELD, 9000), total: 0, bets: 0 }
  step = 0
}

function board() {
  const markets = [world.featured, world.field]
  return {
    tournament: { id: 1, slug: 'flood', name: 'Flood', subtitle: '', currency: 'EUR', exponent: 2, timezone: 'UTC' },
    total: world.total, bets: world.bets, matches: markets.map((one) => match(one.id)), markets, pulse: [], tape: [],
  }
}

const say = (message) => flood.socket?.onmessage?.({ data: JSON.stringify({ now: Date.now(), ...message }) })
const snapshot = () => say({ t: 'snapshot', seq, epoch: 'flood', board: board() })

function bet() {
  const one = Math.random() < 0.5 ? world.featured : world.field
  const outcome = one.outcomes[Math.floor(Math.random() * one.outcomes.length)]
  const stake = 100 + Math.floor(Math.random() * 9000)
  outcome.stakes += stake
  outcome.bets += 1
  world.total += stake
  world.bets += 1
  outcome.odds_milli = 1000 + Math.floor(Math.random() * 9000)
  const second = Math.floor(Date.now() / 1000)
  return {
    total: world.total, bets: world.bets, pulse: [[second, stake, { [outcome.id]: stake }]],
    outcomes: one.outcomes.map((each) => [each.id, each.stakes, each.bets, each.odds_milli]),
    tape: [[outcome.id, stake, 2000, Date.now()]],
  }
}

/** The featured market goes its way; when it is over it is taken off the board, and another has come. */
function structural() {
  const before = world.featured
  const way = ['open', 'suspended', 'open', 'closed', 'resulted', 'settling', 'settled']
  step += 1
  if (step < way.length) {
    const result = step >= 4 ? { winners: [before.outcomes[0].id] } : null
    world.featured = { ...before, status: way[step], version: before.version + 1, result }
    return { markets: [world.featured] }
  }
  step = 0
  world.featured = market(2 + (before.id % 5), 30)
  const gone = { markets: [before.id], matches: [before.id] }
  return { markets: [world.featured], matches: [match(world.featured.id)], gone }
}

function tick() {
  for (let i = 0; i < PER_TICK && flood.sent < flood.goal && flood.socket; i++) {
    seq += 1
    flood.sent += 1
    const isStep = flood.sent % MARKET_STEP === 0
    say({ t: 'update', seq, ...bet(), ...(isStep ? structural() : {}) })
    if (flood.sent % BREAK_EVERY === 0) {
      flood.breaks += 1
      const broken = flood.socket
      flood.socket = null
      broken.onclose?.({})
    }
  }
}

class FloodSocket {
  static OPEN = 1
  readyState = 1
  constructor() {
    flood.socket = this
    setTimeout(() => {
      this.onopen?.()
      snapshot()
    }, 5)
  }
  send(text) {
    const { n } = JSON.parse(text)
    setTimeout(() => flood.socket === this && say({ t: 'pong', n }), 2)
  }
  close() {
    if (flood.socket === this) flood.socket = null
  }
}

/** Runs until so many more were sent, then shows the board as it began. */
flood.run = (updates) =>
  new Promise((done) => {
    flood.goal = flood.sent + updates
    const watch = setInterval(() => {
      if (flood.sent < flood.goal || !flood.socket) return
      clearInterval(watch)
      begin()
      seq += 1
      snapshot()
      // A link that broke off waits before it tries again; rows, arrows and the rolling total come to rest.
      setTimeout(done, 4500)
    }, 50)
  })

begin()
setInterval(tick, TICK_MS)
window.WebSocket = FloodSocket
