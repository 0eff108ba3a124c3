import { expect, it } from 'vitest'
import { uuid7 } from './uuid7'

it('is a UUID of version 7', () => {
  expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

it('says the time first, so that ids sort by it', () => {
  const random = new Uint8Array(10).fill(255)
  expect(uuid7(1_645_557_742_000, random)).toBe('017f22e2-79b0-7fff-bfff-ffffffffffff')
  expect(uuid7(1) < uuid7(2)).toBe(true)
})
