import { expect, it } from 'vitest'
import { market } from './fixtures'
import { LAST_CALL_MS, nextBoundary, phaseAt } from './phase'

const CLOSES = 10 * LAST_CALL_MS
const of = (more: object) => market(1, [11], { closes_at: CLOSES, ...more })

it('takes no bet past its time, whether or not the market has been closed', () => {
  const phases = [CLOSES - LAST_CALL_MS - 1, CLOSES - LAST_CALL_MS, CLOSES - 1, CLOSES]
  expect(phases.map((now) => phaseAt(of({}), now))).toEqual(['open', 'lastCall', 'lastCall', 'closed'])
  expect(phaseAt(of({ status: 'suspended' }), CLOSES)).toBe('closed')
  expect(phaseAt(of({ status: 'closed' }), 0)).toBe('closed')
  expect(phaseAt(of({ closes_at: null }), CLOSES)).toBe('open')
})

it('takes no bet before its opening time', () => {
  const early = of({ opens_at: 1000 })
  expect([phaseAt(early, 999), phaseAt(early, 1000)]).toEqual(['early', 'open'])
  expect(nextBoundary(early, 999)).toBe(1000)
  expect(phaseAt(of({ opens_at: 1000, status: 'suspended' }), 999)).toBe('suspended')
})

it('knows when the clock will change it next', () => {
  const next = (now: number, more: object = {}) => nextBoundary(of(more), now)
  expect(next(0)).toBe(CLOSES - LAST_CALL_MS)
  expect(next(CLOSES - LAST_CALL_MS)).toBe(CLOSES)
  expect(next(CLOSES)).toBe(Number.POSITIVE_INFINITY)
  expect(next(0, { closes_at: null })).toBe(Number.POSITIVE_INFINITY)
  expect(next(0, { status: 'settled' })).toBe(Number.POSITIVE_INFINITY)
})
