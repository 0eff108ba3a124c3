import { expect, it } from 'vitest'
import type { Bet } from '@/api/types'
import {
  ACCEPT_DEAD_MS,
  type BetRequest,
  CONFIRMED_DEAD_MS,
  floorOf,
  nextSlip,
  type SlipEvent,
  type SlipState,
} from './machine'

const request: BetRequest = {
  key: 'key-1',
  user: 1,
  tournament: 1,
  outcome: 17,
  stake: 2500,
  currency: 'EUR',
  minOdds: '2.28',
  estimate: { odds: 2260, payout: 5650 },
  sentAt: 1000,
}
const bet = { id: 'key-1', stake: 2500 } as Bet
const funds = { code: 'FUNDS', title: 'Not enough', balance: 1250 }

const idle: SlipState = { k: 'idle' }
const quote = { outcome: 17, odds: 2280, reference: 2280 }
const priced: SlipState = { k: 'priced', ...quote }
const check: SlipState = { k: 'check', since: 5000, ...quote }
const changed: SlipState = {
  k: 'changed',
  since: 5000,
  down: 2160,
  downSince: 5000,
  outcome: 17,
  odds: 2280,
  reference: 2450,
}
const submitting: SlipState = { k: 'submitting', ...quote, request }
const unknown: SlipState = { k: 'unknown', ...quote, request }
const confirmed: SlipState = { k: 'confirmed', ...quote, request, bet, ms: 84, at: 5000 }
const refused: SlipState = { k: 'refused', ...quote, request, refusal: funds, waiting: false }
const offline: SlipState = { k: 'offline', ...quote }
const stale: SlipState = { k: 'stale', ...quote }
const everyState = [idle, priced, check, changed, submitting, unknown, confirmed, refused, offline, stale]

const odds = (
  milli: number | null,
  policy: 'better' | 'within5' | 'any' = 'better',
  now = 6000,
): SlipEvent => ({
  t: 'odds',
  odds: milli,
  policy,
  now,
})
const link = (phase: 'live' | 'stale' | 'down', milli = 2280): SlipEvent => ({
  t: 'link',
  link: phase,
  odds: milli,
  policy: 'better',
  now: 6000,
})
const send = (now: number): SlipEvent => ({ t: 'send', request, now })
const after = (state: SlipState, ...events: SlipEvent[]) => events.reduce(nextSlip, state)
const kind = (state: SlipState, ...events: SlipEvent[]) => after(state, ...events).k

it('prices a picked outcome', () => {
  expect(after(idle, { t: 'pick', outcome: 17, odds: 2280 })).toEqual(priced)
})

it('prices an outcome nobody has bet on', () => {
  expect(after(idle, { t: 'pick', outcome: 17, odds: null })).toMatchObject({ k: 'priced', odds: null })
})

it('lets neither a new pick nor a clear disturb a bet whose answer is not known', () => {
  for (const state of [submitting, unknown]) {
    expect(after(state, { t: 'pick', outcome: 3, odds: 1500 })).toBe(state)
    expect(after(state, { t: 'clear' })).toBe(state)
  }
})

it('clears in every other state', () => {
  for (const state of everyState) {
    if (state !== submitting && state !== unknown) expect(kind(state, { t: 'clear' })).toBe('idle')
  }
})

it('takes better odds without asking, and remembers them as agreed', () => {
  expect(after(priced, odds(2400))).toEqual({ k: 'priced', outcome: 17, odds: 2400, reference: 2400 })
})

it('asks when odds fall and only better ones are accepted', () => {
  expect(after(priced, odds(2270))).toMatchObject({ k: 'changed', odds: 2270, reference: 2280, since: 6000 })
})

it('lets odds fall within five per cent and asks below', () => {
  expect(kind(priced, odds(2166, 'within5'))).toBe('priced')
  expect(kind(priced, odds(2165, 'within5'))).toBe('changed')
})

it('does not let small falls add up to a large one', () => {
  expect(kind(priced, odds(2200, 'within5'), odds(2170, 'within5'))).toBe('priced')
  expect(kind(priced, odds(2200, 'within5'), odds(2100, 'within5'))).toBe('changed')
})

it('takes any odds when told to', () => {
  expect(kind(priced, odds(1010, 'any'))).toBe('priced')
})

it('is dead again only when the odds got worse', () => {
  expect(after(changed, odds(2300, 'better', 9000))).toMatchObject({ since: 5000, odds: 2300 })
  expect(after(changed, odds(2300, 'better', 9000), odds(2290, 'better', 9100))).toMatchObject({
    since: 9100,
  })
})

it('offers odds to accept down to, which stay while the odds move above them', () => {
  const rush = after(
    changed,
    odds(2200, 'better', 5100),
    odds(2300, 'better', 5200),
    odds(2170, 'better', 5700),
  )
  expect(rush).toMatchObject({ down: 2160, downSince: 5000, since: 5700 })
  expect(kind(rush, { t: 'send', request, now: 5710, isDown: true })).toBe('submitting')
  expect(kind(rush, send(5710))).toBe('changed')
  const below = after(rush, odds(2100, 'better', 6000))
  expect(below).toMatchObject({ down: 1990, downSince: 6000 })
  expect(kind(below, { t: 'send', request, now: 6100, isDown: true })).toBe('changed')
})

it('is priced again when changed odds come back', () => {
  expect(kind(changed, odds(2450))).toBe('priced')
  expect(kind(changed, odds(2280, 'any'))).toBe('priced')
})

it('keeps the accept button dead for 600 ms, and again when the odds move once more', () => {
  expect(after(changed, send(5000 + ACCEPT_DEAD_MS - 1))).toBe(changed)
  expect(kind(changed, send(5000 + ACCEPT_DEAD_MS))).toBe('submitting')
  const moved = after(changed, odds(2200, 'better', 7000))
  expect(moved).toMatchObject({ k: 'changed', since: 7000 })
  expect(kind(moved, send(7100))).toBe('changed')
})

it('is not dead again when the same odds are heard once more', () => {
  expect(after(changed, odds(2280, 'better', 9000))).toMatchObject({ k: 'changed', since: 5000 })
})

it('asks once more before a large stake', () => {
  expect(after(priced, { t: 'check', now: 7000 })).toMatchObject({ k: 'check', since: 7000 })
  // Dead at first: a second tap of the thumb that asked is no answer.
  expect(kind(check, send(5000 + ACCEPT_DEAD_MS - 1))).toBe('check')
  expect(kind(check, send(5000 + ACCEPT_DEAD_MS))).toBe('submitting')
})

it('stays at the check while odds get better, and asks when they fall', () => {
  expect(kind(check, odds(2300))).toBe('check')
  expect(kind(check, odds(2000))).toBe('changed')
})

it('leaves the check and the refusal when the stake is edited', () => {
  expect(kind(check, { t: 'edit' })).toBe('priced')
  expect(kind(refused, { t: 'edit' })).toBe('priced')
  expect(after(priced, { t: 'edit' })).toBe(priced)
})

it('sends from priced, check and refused, and from nowhere else', () => {
  for (const state of [priced, check, refused]) expect(kind(state, send(9000))).toBe('submitting')
  for (const state of [idle, submitting, unknown, confirmed, offline, stale]) {
    expect(after(state, send(9000))).toBe(state)
  }
})

it('is confirmed by the server only, with the time it took', () => {
  expect(after(submitting, { t: 'confirmed', bet, now: 1084 })).toMatchObject({ k: 'confirmed', ms: 84 })
  expect(kind(unknown, { t: 'confirmed', bet, now: 1084 })).toBe('confirmed')
  expect(after(priced, { t: 'confirmed', bet, now: 1084 })).toBe(priced)
})

it('is not confirmed by another bet', () => {
  const other = { ...bet, id: 'key-2' }
  expect(after(submitting, { t: 'confirmed', bet: other, now: 1084 })).toBe(submitting)
})

it('shows a refusal, from submitting and from unknown', () => {
  for (const state of [submitting, unknown]) {
    expect(after(state, { t: 'refused', refusal: funds })).toMatchObject({ k: 'refused', refusal: funds })
  }
  expect(after(priced, { t: 'refused', refusal: funds })).toBe(priced)
})

it('does not know what became of a bet when the connection goes', () => {
  expect(after(submitting, { t: 'lost' })).toEqual(unknown)
  expect(after(priced, { t: 'lost' })).toBe(priced)
})

it('comes back as unknown after a reload', () => {
  expect(after(idle, { t: 'found', request })).toMatchObject({ k: 'unknown', outcome: 17, request })
  expect(after(submitting, { t: 'found', request })).toBe(submitting)
})

it('is offline while the link is down and stale while it says nothing', () => {
  for (const state of [priced, check, changed]) {
    expect(kind(state, link('down'))).toBe('offline')
    expect(kind(state, link('stale'))).toBe('stale')
  }
  expect(kind(stale, link('down'))).toBe('offline')
})

it('checks the odds when the link is back', () => {
  for (const state of [offline, stale]) {
    expect(kind(state, link('live'))).toBe('priced')
    expect(kind(state, link('live', 2000))).toBe('changed')
  }
})

it('does not let the link of the feed decide about a bet that was sent', () => {
  for (const state of [submitting, unknown, confirmed, refused, idle]) {
    for (const phase of ['live', 'stale', 'down'] as const) expect(after(state, link(phase))).toBe(state)
  }
})

it('waits for a suspended market on request', () => {
  expect(after(refused, { t: 'wait' })).toMatchObject({ k: 'refused', waiting: true })
  expect(after(priced, { t: 'wait' })).toBe(priced)
})

it('quotes again after a refusal or a confirmation', () => {
  for (const state of [refused, confirmed]) {
    expect(after(state, { t: 'requote', odds: 2050, now: 9000 })).toEqual({
      k: 'priced',
      outcome: 17,
      odds: 2050,
      reference: 2050,
    })
  }
  expect(after(submitting, { t: 'requote', odds: 2050, now: 9000 })).toBe(submitting)
})

it('hears odds only where a quote is shown', () => {
  for (const state of [idle, submitting, unknown, confirmed, offline, stale]) {
    expect(after(state, odds(1500))).toBe(state)
  }
  expect(after(refused, odds(1500))).toMatchObject({ k: 'refused', odds: 1500 })
})

it('rounds the least odds in favour of the bettor', () => {
  expect(floorOf(2280, 'better')).toBe(2280)
  expect(floorOf(2281, 'within5')).toBe(2167)
  expect(floorOf(1010, 'within5')).toBe(1000)
  expect(floorOf(2280, 'any')).toBeNull()
  expect(floorOf(null, 'better')).toBeNull()
})

it('lets no thumb that taps on come to another bet', () => {
  const soon = 5000 + CONFIRMED_DEAD_MS - 1
  expect(after(confirmed, { t: 'requote', odds: 2050, now: soon })).toBe(confirmed)
  expect(after(confirmed, send(soon))).toBe(confirmed)
  expect(kind(confirmed, { t: 'requote', odds: 2050, now: soon + 1 })).toBe('priced')
})
