/** Keeps a bet that was sent until its answer is known, so that a reload asks for it instead of forgetting it. */

import type { BetRequest } from './machine'

const KEY = 'toteboard.pendingBet'

type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function keepPending(request: BetRequest, memory: Memory = sessionStorage) {
  try {
    memory.setItem(KEY, JSON.stringify(request))
  } catch {
    // Without storage a reload loses the key; the bet itself is in My bets.
  }
}

export function forgetPending(memory: Memory = sessionStorage) {
  try {
    memory.removeItem(KEY)
  } catch {
    // As above.
  }
}

/** This user's bet in this tournament whose answer was never seen, if any. */
export function findPending(
  user: number,
  tournament: number,
  memory: Memory = sessionStorage,
): BetRequest | null {
  try {
    const request = JSON.parse(memory.getItem(KEY) ?? 'null') as BetRequest | null
    return request?.user === user && request.tournament === tournament ? request : null
  } catch {
    return null
  }
}
