import { expect, it } from 'vitest'
import { entryOf } from './autoReload'

it('knows which script a page starts with', () => {
  const page = '<head><script type="module" crossorigin src="/assets/index-A1.js"></script></head>'
  expect(entryOf(page)).toBe('/assets/index-A1.js')
  expect(entryOf('<p>502 Bad gateway</p>')).toBeNull()
})
