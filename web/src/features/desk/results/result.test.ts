import { expect, it } from 'vitest'
import { type Field, heatOf, marked, marksOf, missing, nobodyWon, resultOf } from './result'

const pool: Field = { running: [1, 2, 3], places: 1, kind: 'pool' }
const fixed: Field = { ...pool, kind: 'fixed' }
const places: Field = { running: [1, 2, 3, 4, 5, 6], places: 3, kind: 'fixed' }

it('makes a result of marks and marks of a result', () => {
  const marks = { 3: 'won', 1: 'halfWon', 2: 'void', 4: 'half', 5: 'tied' } as const
  const result = { winners: [1, 3, 5], void: [2], half_void: [1, 4], tied: [5] }
  expect(resultOf(marks)).toEqual(result)
  expect(marksOf(result)).toEqual(marks)
  expect(marksOf(null)).toEqual({})
})

it('marks one outcome, and takes the mark away again', () => {
  expect(marked({ 1: 'won' }, 2, 'won')).toEqual({ 1: 'won', 2: 'won' })
  expect(marked({ 1: 'won' }, 1, 'lost')).toEqual({})
})

it('asks for a winner, unless everything is void', () => {
  expect(missing({}, pool)).toBe('Choose who won.')
  expect(missing({ 1: 'won' }, pool)).toBeNull()
  expect(missing({ 1: 'void', 2: 'void' }, fixed)).toBe('Choose who won.')
  expect(missing({ 1: 'void', 2: 'void', 3: 'void' }, fixed)).toBeNull()
})

it('counts the places', () => {
  // Fewer may have arrived: it is said, and does not block.
  expect(missing({ 1: 'won' }, places)).toBeNull()
  expect(heatOf({ 1: 'won' }, places)).toBe('3 places are paid; 1 is marked.')
  expect(missing({ 1: 'won', 2: 'won', 3: 'won' }, places)).toBeNull()
  expect(missing({ 1: 'won', 2: 'won', 3: 'won', 4: 'tied', 5: 'tied' }, places)).toMatch(
    /All 3 places are taken/,
  )
  expect(missing({ 1: 'won', 2: 'won', 3: 'tied' }, places)).toBe('A tie takes two or more.')
  expect(missing({ 1: 'won', 2: 'won', 3: 'tied', 4: 'tied' }, places)).toBeNull()
})

it('takes it that no listed outcome won, until one is marked', () => {
  expect(missing(nobodyWon(true), pool)).toBeNull()
  expect(resultOf(nobodyWon(true))).toEqual({ winners: [], void: [], half_void: [], tied: [] })
  expect(marksOf({ winners: [] })).toEqual(nobodyWon(true))
  expect(marked(nobodyWon(true), 2, 'won')).toEqual({ 2: 'won' })
  expect(nobodyWon(false)).toEqual({})
})

it('does not ask for more places than outcomes run', () => {
  expect(missing({ 1: 'won', 2: 'won' }, { running: [1, 2], places: 3, kind: 'fixed' })).toBeNull()
})

it('says what a dead heat is', () => {
  expect(heatOf({ 1: 'won' }, pool)).toBeNull()
  expect(heatOf({ 1: 'won', 2: 'won' }, pool)).toBe('Dead heat of 2: the profit is split in equal parts.')
  expect(heatOf({ 1: 'won', 2: 'won' }, fixed)).toBe('Dead heat of 2: each is paid as for 1/2 of the stake.')
  expect(heatOf({ 1: 'won', 2: 'won', 3: 'tied', 4: 'tied' }, places)).toBe('Dead heat: 2 share 1 place.')
  expect(heatOf({ 1: 'won', 2: 'won', 3: 'won', 4: 'won' }, places)).toBe('Dead heat: 4 share 3 places.')
})
