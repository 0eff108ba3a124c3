/** What the made-up server does with a market at the desk. */

import { say, showMarket } from './feed.mjs'
import { marketOfApi, preview } from './world.mjs'

const ok = (body, status = 200) => ({ status, body })

export function actOnMarket(market, action, body) {
  const moves = { open: 'open', reopen: 'open', suspend: 'suspended', close: 'closed' }
  if (moves[action]) market.status = moves[action]
  else if (action === 'result') Object.assign(market, { status: 'resulted', result: body })
  else if (action === 'preview') return ok(preview(market, body ?? market.result))
  else if (action === 'settle' || action === 'void') return settle(market, action)
  else return null
  market.version += 1
  showMarket(market)
  return ok(marketOfApi(market))
}

function settle(market, action) {
  const sums = preview(market, action === 'void' ? { all_void: true } : market.result)
  market.status = action === 'void' ? 'voiding' : 'settling'
  showMarket(market)
  let done = 0
  const timer = setInterval(() => {
    done = Math.min(sums.bets, done + Math.ceil(sums.bets / 6))
    const status = done === sums.bets ? 'paid' : 'paying'
    say({ t: 'settling', market_id: market.id, version: 1, bets_done: done, bets: sums.bets, status })
    if (status === 'paying') return
    clearInterval(timer)
    market.status = action === 'void' ? 'void' : 'settled'
    showMarket(market)
  }, 400)
  return ok(
    { ...sums, id: 1, version: 1, status: 'paying', bets_done: 0, decided_at: new Date().toISOString() },
    202,
  )
}
