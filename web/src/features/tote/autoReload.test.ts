import { expect, it } from 'vitest'
import { SILENCE_MS } from '@/feed/link'
import { entryOf, isReturn } from './autoReload'

it('knows which script a page starts with', () => {
  const page = '<head><script type="module" crossorigin src="/assets/index-A1.js"></script></head>'
  expect(entryOf(page)).toBe('/assets/index-A1.js')
  expect(entryOf('<p>502 Bad gateway</p>')).toBeNull()
})

it('takes a link for back when it was lost, and when its device slept and heard the feed before it noticed', () => {
  expect(isReturn(true, null, 1000)).toBe(false)
  expect(isReturn(false, 1000, 2000)).toBe(false)
  expect(isReturn(true, 1000, 2000)).toBe(true)
  expect(isReturn(false, 1000, 1000 + SILENCE_MS)).toBe(false)
  expect(isReturn(false, 1000, 1001 + SILENCE_MS)).toBe(true)
})
