import { expect, it } from 'vitest'
import { ABOUT, barName, cellText, headText, isNumber, NAMES } from './tables'

const euro = { currency: 'EUR', exponent: 2 }

it('every table has a title, words for an empty one, and something to draw', () => {
  expect(NAMES).toHaveLength(10)
  for (const { title, empty, chart } of Object.values(ABOUT)) {
    expect(title && empty).toBeTruthy()
    expect(chart.over === 'time' ? chart.columns.length : chart.name.length).toBeGreaterThan(0)
  }
})

it('amounts are read in the currency of the tournament, and counts are counts', () => {
  expect(cellText('stakes', 123_450, euro)).toBe('1,234.50')
  expect(cellText('net', -50, euro)).toBe('−0.50')
  expect(cellText('stakes', 1234, { currency: 'JPY', exponent: 0 })).toBe('1,234')
  expect(cellText('bets', 12, euro)).toBe('12')
  expect(cellText('round', null, euro)).toBe('')
})

it('a bar is called what its row is', () => {
  expect(barName(['outcome', 'match'], { outcome: 'Draw', match: 'A v B' })).toBe('Draw, A v B')
  expect(barName(['first_day', 'days_later'], { first_day: '2026-11-28', days_later: 2 })).toBe(
    '2026-11-28, +2 d',
  )
  expect(barName(['round'], { round: '' })).toBe('–')
})

it('columns of figures stand at the right', () => {
  const rows = [{ bettor: 'Ada', bets: 3, stakes: 100 }]
  expect(['bettor', 'bets', 'stakes'].map((column) => isNumber(column, rows))).toEqual([false, true, true])
  expect(headText('first_utc')).toBe('First bet')
})
