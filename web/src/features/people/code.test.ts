import { expect, it } from 'vitest'
import { codeOf } from './code'

it('reads a code as people type it', () => {
  expect(codeOf('7K3QX-M9TPA')).toBe('7K3QX-M9TPA')
  expect(codeOf(' 7k3qx m9tpa ')).toBe('7K3QX-M9TPA')
  expect(codeOf('oil00–00000')).toBe('01100-00000')
})

it('takes a whole link', () => {
  expect(codeOf('https://tote.test/join/7K3QX-M9TPA')).toBe('7K3QX-M9TPA')
})

it('waits for all letters', () => {
  expect(codeOf('')).toBeNull()
  expect(codeOf('7K3QX-M9TP')).toBeNull()
  expect(codeOf('7K3QX-M9TPAA')).toBeNull()
})
