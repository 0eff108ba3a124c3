/** Where somebody is and what their screen says, for whoever reads their feedback: nothing that they typed. */

import { lately } from '@/api/problem'
import type { components } from '@/api/schema'
import { oddsFormat, themeNow } from '@/shared/prefs'

export type ScreenState = components['schemas']['ScreenState']

const SCREEN_MAX = 300
const SAID_MAX = 5
/** Characters of each, so that what is sent with all of them fits. */
const TEXT_MAX = 200

/** The address within the pages: without the code of an invitation, and without what stands behind a question mark. */
export function screenOf(path: string): string {
  return encodeURI(decodeURI(path.replace(/^\/join\/.+/, '/join/code'))).slice(0, SCREEN_MAX)
}

/** The slug of the tournament that a path is of. */
export const slugOf = (path: string): string | undefined => path.match(/^\/(?:org\/)?t\/([^/]+)/)?.[1]

/** Whole characters: half of an emoji is none. */
const cut = (text: string) => [...text.replace(/\s+/g, ' ').trim()].slice(0, TEXT_MAX).join('')

const shown = (element: Element) => cut(element.textContent ?? '')

/** What the page warns of now, without what is ours. */
function said(): string[] {
  const warnings = [
    ...document.querySelectorAll('#root [role=alert], #root [role=status], dialog [role=alert]'),
  ]
  return [...new Set(warnings.map(shown))].filter(Boolean).slice(0, SAID_MAX)
}

/** To be taken before a dialog of ours stands above the page. */
export function stateNow(): ScreenState {
  return {
    title: cut(document.title),
    said: said(),
    failed: lately().map((one) => ({ ...one, title: cut(one.title) })),
    width: innerWidth,
    height: innerHeight,
    language: navigator.language.slice(0, 40),
    theme: themeNow(),
    odds: oddsFormat.get(),
    online: navigator.onLine,
  }
}
