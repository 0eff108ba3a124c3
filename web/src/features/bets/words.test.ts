import { expect, it } from 'vitest'
import type { Bet } from '@/api/types'
import { lastWords } from './words'

const at = (hour: number, minute: number, day = 24) => new Date(2026, 10, day, hour, minute)
const bet = (more: Partial<Bet>) =>
  ({ status: 'pending', placed_at: at(13, 2).toISOString(), ...more }) as Bet
const now = at(20, 0).getTime()

it('a bet that waits says when it was placed, a decided one when it was settled', () => {
  const settled_at = at(13, 58).toISOString()
  expect(lastWords(bet({}), now)).toBe('placed 13:02')
  expect(lastWords(bet({ status: 'won', settled_at }), now)).toBe('settled 13:58')
  expect(lastWords(bet({ status: 'void', settled_at }), now)).toBe('settled 13:58')
  expect(lastWords(bet({ status: 'lost', settled_at: at(9, 5, 22).toISOString() }), now)).toBe(
    'settled 22 Nov, 09:05',
  )
})

it('one that was corrected back to waiting says when it was placed again', () => {
  expect(lastWords(bet({ settled_at: at(13, 58).toISOString() }), now)).toBe('placed 13:02')
})
