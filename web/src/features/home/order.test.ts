import { expect, it } from 'vitest'
import type { Tournament } from '@/api/types'
import { closesWords, openFirst, stateWords } from './order'

const NOW = new Date(2026, 10, 24, 14, 0).getTime()
const at = (ms: number) => new Date(NOW + ms).toISOString()

function tournament(id: number, more: Partial<Tournament> = {}): Tournament {
  return { id, markets_open: 0, closes_next: null, archived: false, ...more } as Tournament
}

it('shows what is open first, what closes soonest before the rest, and then the newest', () => {
  const all = [
    tournament(1),
    tournament(2, { markets_open: 1 }),
    tournament(3, { markets_open: 2, closes_next: at(60_000) }),
    tournament(4),
    tournament(5, { markets_open: 2, closes_next: at(30_000) }),
    tournament(6, { markets_open: 1 }),
  ]
  expect(all.sort(openFirst).map((one) => one.id)).toEqual([5, 3, 6, 2, 4, 1])
})

it('says what is open, and that an archived tournament is over', () => {
  expect(stateWords(tournament(1))).toBe('Nothing open')
  expect(stateWords(tournament(1, { markets_open: 1 }))).toBe('1 market open')
  expect(stateWords(tournament(1, { markets_open: 1200 }))).toBe('1,200 markets open')
  expect(stateWords(tournament(1, { markets_open: 1, archived: true }))).toBe('Archived')
})

it('counts down to what closes soon, and names the day of what closes later', () => {
  expect(closesWords(null, NOW)).toBeUndefined()
  expect(closesWords(at(134_000), NOW)).toBe('next closes in 2:14')
  expect(closesWords(at(-1), NOW)).toBe('closing now')
  expect(closesWords(at(24 * 3_600_000), NOW)).toBe('next closes tomorrow 14:00')
})
