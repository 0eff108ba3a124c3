import { expect, it } from 'vitest'
import { backoffMs, LINK_START, type LinkEvent, type LinkState, nextLink, SILENCE_MS } from './link'

const after = (...events: LinkEvent[]) => events.reduce<LinkState>(nextLink, LINK_START)
const heard: LinkEvent = { t: 'heard', now: 1000 }
const closed: LinkEvent = { t: 'closed', now: 5000, random: 0.5 }

it('is live once it has heard something', () => {
  expect(LINK_START.phase).toBe('connecting')
  expect(after(heard)).toMatchObject({ phase: 'live', heardAt: 1000 })
})

it('is stale after twelve seconds of silence, and not before', () => {
  expect(after(heard, { t: 'tick', now: 1000 + SILENCE_MS }).phase).toBe('live')
  expect(after(heard, { t: 'tick', now: 1001 + SILENCE_MS }).phase).toBe('stale')
})

it('is live again with the next word', () => {
  const state = after(heard, { t: 'tick', now: 30_000 }, { t: 'heard', now: 31_000 })
  expect(state).toMatchObject({ phase: 'live', heardAt: 31_000 })
})

it('stays down while it opens again, until it hears something', () => {
  expect(after(heard, closed, { t: 'opening' }).phase).toBe('down')
  expect(after(heard, closed, { t: 'opening' }, heard)).toMatchObject({ phase: 'live', attempt: 0 })
})

it('waits longer with each attempt, never beyond its bound, and never at once', () => {
  const longest = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, 1))
  expect(longest).toEqual([...longest].sort((a, b) => a - b))
  expect(Math.max(...longest)).toBe(20_000)
  for (let attempt = 0; attempt < 12; attempt++) expect(backoffMs(attempt, 0)).toBeGreaterThan(0)
})

it('spreads attempts, so that a room does not come back as one', () => {
  expect(backoffMs(5, 0.9) - backoffMs(5, 0.1)).toBeGreaterThan(10_000)
})
