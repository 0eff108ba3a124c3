import { expect, it } from 'vitest'
import { countOf, fieldOf, filtersOf, utcOf } from './filters'

it('an address that anybody typed gives filters, and what is none is left out', () => {
  expect(
    filtersOf({ tournament: '7', user: 26, action: ' market. ', subject: '', from: null, x: 1 }),
  ).toEqual({
    tournament: 7,
    user: '26',
    action: 'market.',
  })
  for (const tournament of ['-1', '0', '1.5', 'cup', '1e400', {}, []]) {
    expect(filtersOf({ tournament })).toEqual({})
  }
})

it('a pin is kept as text, also where the address held a number', () => {
  expect(filtersOf({ as_of: 3656 })).toEqual({ as_of: '3656' })
})

it('the tournament and the moment are no conditions', () => {
  expect(countOf({ tournament: 1, as_of: '7' })).toBe(0)
  expect(countOf({ user: 'ada', from: '2026-06-11T19:00:00Z' })).toBe(2)
})

it('a field of time is UTC both ways, whatever the clock of the reader says', () => {
  expect(utcOf('2026-06-11T19:00:05')).toBe('2026-06-11T19:00:05.000Z')
  expect(fieldOf('2026-06-11T21:00:05+02:00')).toBe('2026-06-11T19:00:05')
  expect([utcOf(''), utcOf('soon'), fieldOf(undefined), fieldOf('soon')]).toEqual([
    undefined,
    undefined,
    '',
    '',
  ])
})
