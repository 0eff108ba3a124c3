import { expect, it } from 'vitest'
import { nextPath } from './nextPath'

it('goes on to an address of these pages', () => {
  for (const path of [
    '/',
    '/bets',
    '/t/riverside-open-2026/m/4?pick=2&stake=10',
    '/limits?tournament=1#breaks',
  ]) {
    expect(nextPath(path)).toBe(path)
  }
})

it('never leads to another site', () => {
  for (const foreign of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    'evil.example',
    ' /bets',
    '',
  ]) {
    expect(nextPath(foreign), foreign).toBeNull()
  }
})

it('leads nowhere where there is no text, no page, or the door one stands at', () => {
  for (const none of [undefined, null, 7, {}, '/sign-in?next=%2Fbets', '/register', '/api/me']) {
    expect(nextPath(none)).toBeNull()
  }
})
