/** Keeps a bet that was sent until its answer is known, so that a reload asks for it instead of forgetting it. */

import type { Asked } from './machine'

const KEY = 'toteboard.asked'

type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function keepAsked(asked: Asked, memory: Memory = sessionStorage) {
  try {
    memory.setItem(KEY, JSON.stringify(asked))
  } catch {
    // Without storage a reload loses the key; the bet itself is in My bets.
  }
}

export function forgetAsked(memory: Memory = sessionStorage) {
  try {
    memory.removeItem(KEY)
  } catch {
    // As above.
  }
}

/** This user's bet in this tournament whose answer was never seen, if any. */
export function findAsked(user: number, tournament: number, memory: Memory = sessionStorage): Asked | null {
  try {
    const asked = JSON.parse(memory.getItem(KEY) ?? 'null') as Asked | null
    return asked?.user === user && asked.tournament === tournament ? asked : null
  } catch {
    return null
  }
}
