/**
 * The slip as one explicit machine. Money is never optimistic: `confirmed` only comes from the server, and a bet whose
 * answer was lost stays `unknown` until the server has said what became of it. Knows no screen, no network, no clock.
 */

import type { Bet } from '@/api/types'
import type { Minor } from '@/shared/money'
import type { OddsMilli } from '@/shared/odds'

/** What the bettor accepts when the odds move: better only, up to 5 % less, or anything. */
export type AcceptPolicy = 'better' | 'within5' | 'any'

/** The button of changed odds is dead this long, so that a tap meant for the old odds does not take the new. */
export const ACCEPT_DEAD_MS = 600

/** After a confirmation nothing that leads to another bet is alive for this long: a thumb that taps on places one bet. */
export const CONFIRMED_DEAD_MS = 1000

/** Odds may be null: a pool where nobody has bet. `reference` is what the bettor last agreed to. */
interface Quote {
  outcome: number
  odds: OddsMilli | null
  reference: OddsMilli | null
}

/** A bet as it is asked for. The key is the bet's id, kept until the answer is known. */
export interface BetRequest {
  key: string
  user: number
  tournament: number
  outcome: number
  stake: Minor
  currency: string
  minOdds: string | null
  /** As shown when it was sent. */
  estimate: { odds: OddsMilli | null; payout: Minor }
  sentAt: number
}

export interface Refusal {
  code: string
  title: string
  detail?: string
  /** Minor units: what the refusal says is left, the balance, or the limits of a stake. */
  left?: Minor
  balance?: Minor
  minimum?: Minor
  maximum?: Minor
  /** The odds now, of ODDS_MOVED. */
  odds?: OddsMilli
  /** When betting opens, of TOO_EARLY. */
  opens_at?: string
}

export type SlipState =
  | { k: 'idle' }
  | ({ k: 'priced' | 'offline' | 'stale' } & Quote)
  | ({ k: 'check'; since: number } & Quote)
  /** `down` is offered as the least to accept, and stays while the odds move above it; `downSince` is when it came. */
  | ({ k: 'changed'; since: number; down: OddsMilli | null; downSince: number } & Quote)
  | ({ k: 'submitting' | 'unknown'; request: BetRequest } & Quote)
  | ({ k: 'confirmed'; request: BetRequest; bet: Bet; ms: number; at: number } & Quote)
  | ({ k: 'refused'; request: BetRequest; refusal: Refusal; waiting: boolean } & Quote)

export type LinkPhase = 'live' | 'stale' | 'down'

export type SlipEvent =
  | { t: 'pick'; outcome: number; odds: OddsMilli | null }
  | { t: 'clear' }
  /** The stake was edited. */
  | { t: 'edit' }
  | { t: 'odds'; odds: OddsMilli | null; policy: AcceptPolicy; now: number }
  | { t: 'link'; link: LinkPhase; odds: OddsMilli | null; policy: AcceptPolicy; now: number }
  | { t: 'check'; now: number }
  /** `isDown`: with the least odds that were offered. */
  | { t: 'send'; request: BetRequest; now: number; isDown?: boolean }
  | { t: 'confirmed'; bet: Bet; now: number }
  | { t: 'refused'; refusal: Refusal }
  /** The connection went before the answer came. */
  | { t: 'lost' }
  /** Found again after a reload: sent, and its answer never seen. */
  | { t: 'found'; request: BetRequest }
  /** Tell me when it reopens. */
  | { t: 'wait' }
  /** Back to a fresh quote, after a refusal or a confirmation. */
  | { t: 'requote'; odds: OddsMilli | null; now: number }

/** The least the bettor takes under a policy, in thousandths; null for anything. Rounded in the bettor's favour. */
export function floorOf(reference: OddsMilli | null, policy: AcceptPolicy): OddsMilli | null {
  if (reference === null || policy === 'any') return null
  return policy === 'better' ? reference : Math.max(1000, Math.ceil((reference * 95) / 100))
}

/** What is offered as the least to accept in a rush: five per cent below the odds now, to two decimals. */
export const offeredDown = (odds: OddsMilli | null): OddsMilli | null =>
  odds === null ? null : Math.max(1000, Math.floor((odds * 95) / 100 / 10) * 10)

function isAcceptable(odds: OddsMilli | null, reference: OddsMilli | null, policy: AcceptPolicy): boolean {
  const floor = floorOf(reference, policy)
  return floor === null || odds === null || odds >= floor
}

/** The reference follows the odds up, never down: small falls must not add up to a large one. */
const better = (odds: OddsMilli | null, reference: OddsMilli | null) =>
  odds === null || reference === null ? odds : Math.max(odds, reference)

function quoteOf(state: Exclude<SlipState, { k: 'idle' }>): Quote {
  return { outcome: state.outcome, odds: state.odds, reference: state.reference }
}

/** A quote after its odds were heard: as it was, or changed. */
function heard(
  quote: Quote,
  event: { odds: OddsMilli | null; policy: AcceptPolicy; now: number },
  calm: { k: 'priced' } | { k: 'check'; since: number },
  before?: Extract<SlipState, { k: 'changed' }>,
): SlipState {
  if (isAcceptable(event.odds, quote.reference, event.policy)) {
    return {
      ...calm,
      outcome: quote.outcome,
      odds: event.odds,
      reference: better(event.odds, quote.reference),
    }
  }
  // Only worse odds under the finger make the button dead again: nobody minds to get more than they read.
  const isWorse = !before || before.odds === null || event.odds === null || event.odds < before.odds
  const isBelow = !before || before.down === null || event.odds === null || event.odds < before.down
  return {
    k: 'changed',
    since: isWorse ? event.now : before.since,
    down: isBelow ? offeredDown(event.odds) : before.down,
    downSince: isBelow ? event.now : before.downSince,
    outcome: quote.outcome,
    odds: event.odds,
    reference: quote.reference,
  }
}

const isLocked = (state: SlipState) => state.k === 'submitting' || state.k === 'unknown'

function onOdds(state: SlipState, event: Extract<SlipEvent, { t: 'odds' }>): SlipState {
  switch (state.k) {
    case 'priced':
      return heard(state, event, { k: 'priced' })
    case 'check':
      return heard(state, event, { k: 'check', since: state.since })
    case 'changed':
      return heard(state, event, { k: 'priced' }, state)
    case 'refused':
      return { ...state, odds: event.odds }
    default:
      return state
  }
}

function onLink(state: SlipState, event: Extract<SlipEvent, { t: 'link' }>): SlipState {
  switch (state.k) {
    case 'priced':
    case 'check':
    case 'changed':
    case 'offline':
    case 'stale': {
      if (event.link === 'down') return { k: 'offline', ...quoteOf(state) }
      if (event.link === 'stale') return { k: 'stale', ...quoteOf(state) }
      if (state.k === 'offline' || state.k === 'stale') return heard(state, event, { k: 'priced' })
      return state
    }
    default:
      // What was sent is answered over HTTP, whatever the feed's link does.
      return state
  }
}

/** Whether the offer to accept down to some odds has just come. */
export const isDownDead = (state: SlipState, now: number): boolean =>
  state.k === 'changed' && now - state.downSince < ACCEPT_DEAD_MS

/** Whether what stands under the thumb has just changed: the odds, the question, or the bet that was placed. */
export function isDead(state: SlipState, now: number): boolean {
  if (state.k === 'changed' || state.k === 'check') return now - state.since < ACCEPT_DEAD_MS
  return state.k === 'confirmed' && now - state.at < CONFIRMED_DEAD_MS
}

function onSend(state: SlipState, event: Extract<SlipEvent, { t: 'send' }>): SlipState {
  if (state.k === 'idle' || isLocked(state) || state.k === 'offline' || state.k === 'stale') return state
  if (state.k === 'confirmed') return state
  if (event.isDown ? isDownDead(state, event.now) : isDead(state, event.now)) return state
  return { k: 'submitting', ...quoteOf(state), reference: state.odds, request: event.request }
}

export function nextSlip(state: SlipState, event: SlipEvent): SlipState {
  switch (event.t) {
    case 'pick':
      if (isLocked(state)) return state
      return { k: 'priced', outcome: event.outcome, odds: event.odds, reference: event.odds }
    case 'clear':
      return isLocked(state) ? state : { k: 'idle' }
    case 'edit':
      return state.k === 'check' || state.k === 'refused'
        ? { k: 'priced', ...quoteOf(state), reference: state.k === 'refused' ? state.odds : state.reference }
        : state
    case 'odds':
      return onOdds(state, event)
    case 'link':
      return onLink(state, event)
    case 'check':
      return state.k === 'priced' ? { ...state, k: 'check', since: event.now } : state
    case 'send':
      return onSend(state, event)
    case 'confirmed':
      if ((state.k !== 'submitting' && state.k !== 'unknown') || state.request.key !== event.bet.id)
        return state
      return {
        k: 'confirmed',
        ...quoteOf(state),
        request: state.request,
        bet: event.bet,
        ms: Math.max(0, event.now - state.request.sentAt),
        at: event.now,
      }
    case 'refused':
      if (state.k !== 'submitting' && state.k !== 'unknown') return state
      return {
        k: 'refused',
        ...quoteOf(state),
        request: state.request,
        refusal: event.refusal,
        waiting: false,
      }
    case 'lost':
      return state.k === 'submitting' ? { ...state, k: 'unknown' } : state
    case 'found':
      if (isLocked(state)) return state
      return {
        k: 'unknown',
        outcome: event.request.outcome,
        odds: event.request.estimate.odds,
        reference: event.request.estimate.odds,
        request: event.request,
      }
    case 'wait':
      return state.k === 'refused' ? { ...state, waiting: true } : state
    case 'requote':
      if ((state.k !== 'refused' && state.k !== 'confirmed') || isDead(state, event.now)) return state
      return { k: 'priced', outcome: state.outcome, odds: event.odds, reference: event.odds }
  }
}
