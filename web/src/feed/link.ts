/** The state of the link to the feed: when it is stale, and when to try again. Pure; the clock is passed in. */

export const SILENCE_MS = 12_000
export const PING_EVERY_MS = 5_000
const BACKOFF_MIN_MS = 500
const BACKOFF_MAX_MS = 20_000

export interface LinkState {
  /** `down` is a closed socket; `stale` an open one that says nothing. */
  phase: 'connecting' | 'live' | 'stale' | 'down'
  /** When the feed was last heard, on this device's clock; null before the first message. */
  heardAt: number | null
  latencyMs: number | null
  /** When the next attempt is due, on this device's clock. */
  retryAt: number | null
  attempt: number
}

export type LinkEvent =
  | { t: 'opening' }
  | { t: 'heard'; now: number }
  | { t: 'pong'; latencyMs: number }
  | { t: 'closed'; now: number; random: number }
  | { t: 'tick'; now: number }

export const LINK_START: LinkState = {
  phase: 'connecting',
  heardAt: null,
  latencyMs: null,
  retryAt: null,
  attempt: 0,
}

/** Exponential with full jitter, so that a room that lost the server does not come back as one. */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt)
  return Math.round(BACKOFF_MIN_MS / 2 + random * (ceiling - BACKOFF_MIN_MS / 2))
}

export function nextLink(link: LinkState, event: LinkEvent): LinkState {
  switch (event.t) {
    case 'opening':
      return { ...link, phase: link.heardAt === null ? 'connecting' : link.phase, retryAt: null }
    case 'heard':
      return { ...link, phase: 'live', heardAt: event.now, retryAt: null, attempt: 0 }
    case 'pong':
      return { ...link, latencyMs: event.latencyMs }
    case 'closed':
      return {
        ...link,
        phase: 'down',
        latencyMs: null,
        retryAt: event.now + backoffMs(link.attempt, event.random),
        attempt: link.attempt + 1,
      }
    case 'tick':
      if (link.phase === 'live' && link.heardAt !== null && event.now - link.heardAt > SILENCE_MS) {
        return { ...link, phase: 'stale', latencyMs: null }
      }
      return link
  }
}
