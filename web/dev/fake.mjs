/**
 * A stand-in for the server while working on the pages: `npm run fake`, then `npm run dev`. Answers enough of
 * docs/api.md, moves the odds, forgets everything when it ends. FAKE_MATCHES=104 makes a large tournament, FAKE_HZ=10 a storm.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { actOnMarket } from './desk.mjs'
import { say, serveFeed, tell, ticksOf, update } from './feed.mjs'
import { board, book, markets, matches, outcomes, takeBet, tournament } from './world.mjs'

const port = Number(process.env.FAKE_PORT ?? 8000)
const pages = new URL('../../src/toteboard/pages/', import.meta.url).pathname
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const wallet = {
  id: 7,
  tournament_id: 1,
  slug: tournament.slug,
  user_id: 1,
  balance: 41_250,
  owed: 0,
  currency: 'EUR',
  exponent: 2,
  limits: [{ kind: 'stake', period: 'day', amount: 15_000, used: 1800 }],
}
const bets = []
let me = null
/** `?fault=` of a bet: set by POST /fake/fault to rehearse a refusal. */
let fault = null

function person(as) {
  const role = as === 'organizer' ? 'organizer' : 'bettor'
  return {
    id: role === 'bettor' ? 1 : 2,
    email: `${role}@example.org`,
    name: role === 'bettor' ? 'Robin' : 'Olga',
    admin: false,
    kyc: 'verified',
    blocked: false,
    excluded_until: null,
    csrf_token: 'fake',
    memberships: [
      {
        tournament_id: 1,
        slug: tournament.slug,
        name: tournament.name,
        role,
        wallet_id: role === 'bettor' ? 7 : null,
      },
    ],
  }
}

const problem = (status, code, title, more = {}) => ({
  status,
  body: { type: 'about:blank', title, status, code, ...more },
})
const ok = (body, status = 200) => ({ status, body })
const page = (items) => ok({ items, next: null })

function betOf(outcomeId, stake, key, status = 'pending', payout = null) {
  const { outcome, market } = outcomes.get(outcomeId)
  const match = matches.find((one) => one.id === market.match_id)
  return {
    id: key,
    tournament_id: 1,
    match_id: match.id,
    market_id: market.id,
    outcome_id: outcomeId,
    match: match.name,
    market: market.name,
    outcome: outcome.name,
    kind: market.kind,
    status,
    stake,
    currency: 'EUR',
    exponent: 2,
    odds: ((outcome.odds_milli ?? 1000) / 1000).toFixed(2),
    payout,
    placed_at: new Date().toISOString(),
  }
}

function placeBet(key, asked) {
  const before = bets.find((bet) => bet.id === key)
  if (before) return ok({ ...before, balance: wallet.balance })
  const entry = outcomes.get(asked.outcome_id)
  if (!entry) return problem(404, 'UNKNOWN_OUTCOME', 'There is no such outcome')
  if (fault) {
    const refused = problem(fault.status ?? 409, fault.code, fault.title ?? fault.code, fault.more)
    fault = null
    return refused
  }
  if (entry.market.status === 'suspended')
    return problem(409, 'MARKET_SUSPENDED', 'Betting is suspended', { retry: true })
  if (asked.stake > wallet.balance)
    return problem(409, 'FUNDS', 'Not enough in the wallet', { balance: wallet.balance })
  wallet.balance -= asked.stake
  wallet.limits[0].used += asked.stake
  const bet = betOf(asked.outcome_id, asked.stake, key)
  bets.unshift(bet)
  const market = takeBet(asked.outcome_id, asked.stake)
  tell(market)
  say({ t: 'bet', bet, balance: wallet.balance })
  return ok({ ...bet, balance: wallet.balance }, 201)
}

const members = [
  {
    user_id: 1,
    name: 'Robin',
    email: 'bettor@example.org',
    role: 'bettor',
    kyc: 'verified',
    wallet_id: 7,
    balance: 41_250,
    owed: 0,
  },
  {
    user_id: 3,
    name: 'Ida Berg',
    email: 'ida@example.org',
    role: 'bettor',
    kyc: 'none',
    wallet_id: 8,
    balance: 0,
    owed: 0,
  },
]
const tournamentOfApi = () => ({
  ...tournament,
  kyc_provider: 'desk',
  staff_may_bet: false,
  archived: false,
  markets_open: markets.filter((market) => market.status === 'open').length,
  total: book.total,
  bets: book.bets,
})

/** Route by route; null is 404. */
function answer(method, path, body, headers) {
  const [, , resource, subject, action] = path.split('/')
  const route = `${method} ${resource}`
  if (path === '/fake/fault') {
    fault = body
    return ok({})
  }
  if (route === 'GET server')
    return ok({ name: 'Toteboard', version: '0', sandbox: true, time: new Date().toISOString() })
  if (route === 'GET me') return me ? ok(me) : problem(401, 'SIGN_IN', 'Sign in first')
  if (route === 'POST sandbox') {
    me = person(body.as)
    return ok(me, 201)
  }
  if (route === 'POST session' || route === 'POST user') {
    if (body.password === 'wrong') return problem(401, 'CREDENTIALS', 'E-mail or password is wrong')
    me = person('bettor')
    return ok(me, 201)
  }
  if (route === 'DELETE session') {
    me = null
    return { status: 204 }
  }
  if (route === 'GET tournament' && !subject) return page([tournamentOfApi()])
  if (route === 'GET tournament' && action === 'member') return page(members)
  if (route === 'GET tournament' && action === 'board') return ok(board())
  if (route === 'GET tournament') return ok(tournamentOfApi())
  if (route === 'POST tournament' && action === 'join') return ok(wallet, 201)
  if (route === 'GET wallet' && action === 'statement') {
    return page(
      bets.map((bet, i) => ({
        id: i,
        at: bet.placed_at,
        kind: 'stake',
        amount: -bet.stake,
        balance: wallet.balance,
        bet_id: bet.id,
        text: bet.outcome,
      })),
    )
  }
  if (route === 'GET wallet') return me ? page([wallet]) : problem(401, 'SIGN_IN', 'Sign in first')
  if (route === 'POST wallet') {
    members[1].balance += body.amount
    return ok({ transfer_id: 1, balance: members[1].balance }, 201)
  }
  if (route === 'POST bet') return placeBet(headers['idempotency-key'], body)
  if (route === 'GET bet' && subject) {
    const found = bets.find((bet) => bet.id === subject)
    return found ? ok(found) : problem(404, 'NOT_FOUND', 'There is no such bet')
  }
  if (route === 'GET bet') return page(bets)
  if (route === 'POST kyc' && subject === 'desk') return ok(Object.assign(members[1], { kyc: body.decision }))
  if (route === 'POST kyc') return ok({ provider: 'desk', status: 'pending', url: null }, 201)
  if (route === 'GET kyc') return ok({ status: me?.kyc ?? 'none', checks: [] })
  if (route === 'POST market')
    return actOnMarket(
      markets.find((market) => market.id === Number(subject)),
      action,
      body,
    )
  if (route === 'GET market' && action === 'settlement') return page([])
  return null
}

function serveFile(path, response) {
  const file = join(pages, path)
  const found = extname(path) && existsSync(file) ? file : join(pages, 'index.html')
  response.setHeader('Content-Type', TYPES[extname(found)] ?? 'text/html')
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; script-src 'self'",
  )
  response.end(readFileSync(found))
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/fake/'))
    return serveFile(url.pathname, response)
  let text = ''
  for await (const chunk of request) text += chunk
  const body = text ? JSON.parse(text) : undefined
  const said = answer(request.method, url.pathname, body, request.headers)
  const { status, body: sent } = said ?? problem(404, 'NOT_FOUND', 'Nothing here')
  response.statusCode = status
  response.setHeader('Content-Type', status < 400 ? 'application/json' : 'application/problem+json')
  setTimeout(() => response.end(sent === undefined ? '' : JSON.stringify(sent)), 40)
})

const open = () => markets.filter((market) => market.status === 'open')
const one = (list) => list[Math.floor(Math.random() * list.length)]
let betNumber = 0
function somebodyBets() {
  const market = one(Math.random() < 0.3 ? markets.slice(0, 2) : open())
  if (market?.status === 'open') {
    const outcome = one(market.outcomes)
    const stake = one([2, 5, 5, 10, 10, 10, 20, 25, 50, 100]) * 100
    tell(takeBet(outcome.id, stake))
    const row = [
      `fake-${betNumber++}`,
      9,
      one(['Ida', 'Sol', 'Kim']),
      outcome.id,
      stake,
      outcome.odds_milli,
      Date.now(),
    ]
    say({ t: 'bets', bets: [row] })
  }
  setTimeout(somebodyBets, 180 + Math.random() * 1400)
}

const hz = Number(process.env.FAKE_HZ ?? 0)
if (hz) {
  setInterval(() => {
    for (const market of open()) takeBet(one(market.outcomes).id, 100 + Math.floor(Math.random() * 900))
    update({ outcomes: open().flatMap(ticksOf) })
  }, 1000 / hz)
} else if (!process.env.FAKE_STILL) somebodyBets()
setInterval(() => say({ t: 'beat', seq: book.seq, now: Date.now() }), 5000)

bets.push(betOf(markets[1].outcomes[0].id, 1000, 'fake-pending'))
bets.push(betOf(markets[8].outcomes[0].id, 2000, 'fake-won', 'won', 3840))
bets.push(betOf(markets[7].outcomes[0].id, 500, 'fake-lost', 'lost', 0))

serveFeed(server)
server.listen(port, '127.0.0.1', () => console.log(`fake server on http://127.0.0.1:${port}`))
