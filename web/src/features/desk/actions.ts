/** What the organizer can do with a market in each of its states, and in which order markets need them. Pure. */

import type { MarketOnBoard, MarketStatus } from '@/feed/messages'

export type Move = 'open' | 'suspend' | 'close' | 'reopen'
/** What opens below the market's row. */
export type Panel = 'result' | 'correct' | 'book' | 'edit' | 'void'
export type Action = Move | Panel

const ACTIONS: Record<MarketStatus, Action[]> = {
  draft: ['open', 'book', 'edit', 'void'],
  open: ['suspend', 'close', 'book', 'edit'],
  suspended: ['open', 'close', 'book', 'edit', 'void'],
  closed: ['result', 'reopen', 'book', 'edit', 'void'],
  resulted: ['result', 'book', 'edit', 'void'],
  settling: ['book'],
  voiding: ['book'],
  settled: ['correct', 'book', 'edit', 'void'],
  void: ['correct', 'book', 'edit'],
}

const ACTION_LABEL: Record<Action, string> = {
  open: 'Open',
  suspend: 'Suspend',
  close: 'Close',
  reopen: 'Reopen',
  result: 'Enter result',
  correct: 'Correct the result…',
  book: 'Money by outcome',
  edit: 'Edit',
  void: 'Void…',
}

/** A result that is in waits for its payment. */
export const labelOf = (action: Action, { status, kind }: Pick<MarketOnBoard, 'status' | 'kind'>) => {
  if (action === 'result' && status === 'resulted') return 'Pay out…'
  // Where odds are set, one looks for them.
  return action === 'book' && kind === 'fixed' ? 'Odds and money' : ACTION_LABEL[action]
}

const MOVES: readonly Action[] = ['open', 'suspend', 'close', 'reopen']
export const isPanel = (action: Action): action is Panel => !MOVES.includes(action)

export function actionsOf(status: MarketStatus): Action[] {
  return ACTIONS[status]
}

/** What waits for the organizer comes first, what is over last. */
const URGENCY: Record<MarketStatus, number> = {
  settling: 0,
  voiding: 0,
  resulted: 1,
  closed: 1,
  suspended: 2,
  open: 3,
  draft: 4,
  settled: 5,
  void: 5,
}

export function byUrgency(a: MarketOnBoard, b: MarketOnBoard): number {
  const closes = (market: MarketOnBoard) => market.closes_at ?? Number.POSITIVE_INFINITY
  return URGENCY[a.status] - URGENCY[b.status] || closes(a) - closes(b) || a.id - b.id
}

export const isOver = (status: MarketStatus) => status === 'settled' || status === 'void'
