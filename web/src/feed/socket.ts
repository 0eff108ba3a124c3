/** The socket of one feed: opens, listens, pings, tries again. What is heard goes to the store, which decides. */

import { PING_EVERY_MS, SILENCE_MS } from './link'
import type { FeedMessage } from './messages'
import type { FeedStore } from './store'

/** An open socket that stays silent this long is given up. */
const GIVE_UP_MS = 2 * SILENCE_MS

function addressOf(tournament: string, resume: { seq: number; epoch: string } | null): string {
  const query = new URLSearchParams({ tournament })
  if (resume) {
    query.set('after', String(resume.seq))
    query.set('epoch', resume.epoch)
  }
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${location.host}/api/feed?${query}`
}

/** Keeps the store fed until the returned function is called. */
export function keepFed(store: FeedStore, tournament: string): () => void {
  let socket: WebSocket | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let over = false
  /** When this socket was asked for: what was heard on the one before says nothing of it. */
  let openedAt = 0
  let pingNumber = 0
  let pingedAt = 0

  function open() {
    if (over) return
    clearTimeout(retry)
    store.moveLink({ t: 'opening' })
    const opened = new WebSocket(addressOf(tournament, store.board()))
    socket = opened
    openedAt = Date.now()
    opened.onopen = ping
    opened.onmessage = (event) => {
      if (opened === socket) hear(String(event.data))
    }
    opened.onclose = () => {
      if (opened === socket) lost()
    }
  }

  function hear(frame: string) {
    const message = JSON.parse(frame) as FeedMessage
    const now = Date.now()
    // A pong tells that the link works, not that the odds are current.
    if (message.t !== 'pong' || store.link().phase === 'live') store.moveLink({ t: 'heard', now })
    if (message.t === 'pong' && message.n === pingNumber) {
      store.moveLink({ t: 'pong', latencyMs: Math.round(performance.now() - pingedAt) })
    }
    store.take(message, now)
  }

  function lost() {
    socket = null
    store.moveLink({ t: 'closed', now: Date.now(), random: Math.random() })
    const { retryAt } = store.link()
    clearTimeout(retry)
    retry = setTimeout(open, Math.max(0, (retryAt ?? 0) - Date.now()))
  }

  function drop() {
    const dropped = socket
    if (!dropped) return
    lost()
    dropped.close()
  }

  function ping() {
    if (socket?.readyState !== WebSocket.OPEN) return
    pingNumber += 1
    pingedAt = performance.now()
    socket.send(JSON.stringify({ t: 'ping', n: pingNumber }))
  }

  function watch() {
    const now = Date.now()
    store.moveLink({ t: 'tick', now })
    const { heardAt } = store.link()
    if (socket && now - Math.max(heardAt ?? 0, openedAt) > GIVE_UP_MS) drop()
    store.second()
  }

  /** The network is back, or somebody looks again: do not sit out the backoff. */
  function hurry() {
    if (!socket && document.visibilityState === 'visible') open()
  }

  open()
  const pings = setInterval(ping, PING_EVERY_MS)
  const watching = setInterval(watch, 1000)
  addEventListener('online', hurry)
  addEventListener('offline', drop)
  document.addEventListener('visibilitychange', hurry)

  return () => {
    over = true
    clearTimeout(retry)
    clearInterval(pings)
    clearInterval(watching)
    removeEventListener('online', hurry)
    removeEventListener('offline', drop)
    document.removeEventListener('visibilitychange', hurry)
    const closing = socket
    socket = null
    closing?.close()
  }
}
