import { expect, it } from 'vitest'
import type { BetRequest } from './machine'
import { findPending, forgetPending, keepPending } from './pendingBet'

function memory() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

const request = { key: 'k', user: 1, tournament: 2, outcome: 3 } as BetRequest

it('finds the bet whose answer was never seen', () => {
  const store = memory()
  keepPending(request, store)
  expect(findPending(1, 2, store)).toEqual(request)
  forgetPending(store)
  expect(findPending(1, 2, store)).toBeNull()
})

it('is no business of another user or tournament', () => {
  const store = memory()
  keepPending(request, store)
  expect(findPending(9, 2, store)).toBeNull()
  expect(findPending(1, 9, store)).toBeNull()
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
  expect(() => keepPending(request, broken)).not.toThrow()
  expect(findPending(1, 2, broken)).toBeNull()
})
