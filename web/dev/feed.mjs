/** The made-up feed: a snapshot to whoever comes, then whatever is said to everybody. */

import { WebSocketServer } from 'ws'
import { board, book, pulse, tape } from './world.mjs'

const sockets = new WebSocketServer({ noServer: true })
/** Takes the feed's sockets off an HTTP server. */
export function serveFeed(server) {
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(
        JSON.stringify({ t: 'snapshot', seq: book.seq, epoch: book.epoch, now: Date.now(), board: board() }),
      )
      client.on('message', (data) => {
        const message = JSON.parse(data)
        setTimeout(() => client.send(JSON.stringify({ t: 'pong', n: message.n })), 36)
      })
    })
  })
}

export function say(message) {
  for (const client of sockets.clients) client.send(JSON.stringify(message))
}

export function update(more) {
  book.seq += 1
  const second = Math.floor(Date.now() / 1000)
  const row = pulse.get(second)
  say({
    t: 'update',
    seq: book.seq,
    now: Date.now(),
    total: book.total,
    bets: book.bets,
    pulse: row ? [row] : [],
    outcomes: [],
    tape: [],
    ...more,
  })
}

export const ticksOf = (market) =>
  market.outcomes.map((outcome) => [outcome.id, outcome.stakes, outcome.bets, outcome.odds_milli])
export const tell = (market) => update({ outcomes: ticksOf(market), tape: tape.slice(0, 1) })
export const showMarket = (market) => update({ markets: [market] })
