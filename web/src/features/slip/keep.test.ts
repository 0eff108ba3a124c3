import { expect, it } from 'vitest'
import { findAsked, forgetAsked, keepAsked } from './keep'
import type { Asked } from './machine'

function memory() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

const asked = { key: 'k', user: 1, tournament: 2, outcome: 3 } as Asked

it('finds the bet whose answer was never seen', () => {
  const store = memory()
  keepAsked(asked, store)
  expect(findAsked(1, 2, store)).toEqual(asked)
  forgetAsked(store)
  expect(findAsked(1, 2, store)).toBeNull()
})

it('is no business of another user or tournament', () => {
  const store = memory()
  keepAsked(asked, store)
  expect(findAsked(9, 2, store)).toBeNull()
  expect(findAsked(1, 9, store)).toBeNull()
})

it('works without a memory', () => {
  const broken = {
    getItem: () => {
      throw new Error('refused')
    },
    setItem: () => {
      throw new Error('refused')
    },
    removeItem: () => {},
  }
  expect(() => keepAsked(asked, broken)).not.toThrow()
  expect(findAsked(1, 2, broken)).toBeNull()
})
