import { expect, it } from 'vitest'
import type { ExportProgress } from '@/api/types'
import { size, soFar } from './words'

const progress = (more: Partial<ExportProgress>): ExportProgress => ({
  state: 'sending',
  rows: 0,
  rows_of: null,
  bytes: 0,
  bytes_of: null,
  detail: '',
  retry: false,
  ...more,
})

it('says sizes as browsers do', () => {
  expect([0, 1, 999, 1000, 41_499, 3_400_000].map(size)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1 kB',
    '41 kB',
    '3.4 MB',
  ])
})

it('says rows while a file is made, and bytes while it is sent', () => {
  expect(soFar(progress({ state: 'waiting' })).text).toMatch(/^Waiting for its turn/)
  expect(soFar(progress({ state: 'making', rows: 1500, rows_of: 6000 }))).toEqual({
    text: 'Making the file: 1,500 of 6,000 rows.',
    share: 0.25,
  })
  expect(soFar(progress({ rows: 1500, rows_of: 6000, bytes: 412_000 }))).toEqual({
    text: '412 kB so far: 1,500 of 6,000 rows.',
    share: 0.25,
  })
  expect(soFar(progress({ rows: 9, rows_of: 9, bytes: 500_000, bytes_of: 2_000_000 }))).toEqual({
    text: '500 kB of 2.0 MB.',
    share: 0.25,
  })
})

it('knows no share of nothing', () => {
  expect(soFar(progress({ rows: 0, rows_of: 0, bytes: 90 }))).toEqual({
    text: '90 bytes so far: 0 of 0 rows.',
    share: null,
  })
})
