import { expect, it } from 'vitest'
import { slugOf, wrongSlug } from './slug'

it('is made of the name', () => {
  expect(slugOf("Coupe de l'Été")).toBe('coupe-de-l-ete')
  expect(slugOf('Łódź Øpen – Straße')).toBe('lodz-open-strasse')
  expect(slugOf('  Riverside Open 2026! ')).toBe('riverside-open-2026')
})

it('is something where the name has no letter for it, or only figures', () => {
  expect(slugOf('كأس العالم')).toBe('tournament')
  expect(slugOf('🏓')).toBe('tournament')
  expect(slugOf('2026')).toBe('tournament-2026')
})

it('is at most 80 letters', () => {
  expect(slugOf('a '.repeat(200)).length).toBeLessThanOrEqual(80)
})

it('says what is wrong with a typed one', () => {
  expect(wrongSlug('open-2026')).toBeUndefined()
  expect(wrongSlug('Open')).toBeDefined()
  expect(wrongSlug('2026')).toBeDefined()
  expect(wrongSlug('')).toBeDefined()
})
