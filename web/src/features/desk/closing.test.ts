import { expect, test } from 'vitest'
import { closingBesideStart, closings, offsetWords, span } from './closing'

test('an offset is said as people say it', () => {
  expect([0, -300, -3600, -5400, 600].map(offsetWords)).toEqual([
    'With the start',
    '5 minutes before the start',
    '1 hour before the start',
    '90 minutes before the start',
    '10 minutes after the start',
  ])
  expect([span(86_400_000), span(2 * 3_600_000), span(1)]).toEqual(['1 day', '2 hours', '1 minute'])
})

test('the offset that stands is among those that are offered', () => {
  expect(closings('0').map(({ value }) => value)).toEqual([
    '0',
    '-300',
    '-600',
    '-900',
    '-1800',
    '-3600',
    'own',
  ])
  expect(closings('-420').map(({ value }) => value)).toContain('-420')
  expect(closings('own')).toHaveLength(7)
})

test('a closing of its own is set beside the new start', () => {
  const own = { closes_at: 86_400_000, closes_offset_s: null }
  expect(closingBesideStart(own, 0)).toBe('keeps closing 1 day after the new start')
  expect(closingBesideStart(own, 86_400_000 + 600_000)).toBe('keeps closing 10 minutes before the new start')
  expect(closingBesideStart({ ...own, closes_offset_s: 0 }, 0)).toBeNull()
  expect(closingBesideStart({ ...own, closes_at: null }, 0)).toBeNull()
})
