/** What this reader prefers on this device: odds format and theme. Kept in localStorage, read outside React. */

import { useSyncExternalStore } from 'react'
import type { OddsFormat } from './odds'

export type Theme = 'dark' | 'light'
export type ThemeChoice = Theme | 'system'

interface Pref<T extends string> {
  get(): T
  set(value: T): void
  subscribe(listener: () => void): () => void
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // Storage may be refused by the browser; the page works without memory.
    return null
  }
}

function pref<T extends string>(key: string, values: readonly T[], fallback: T): Pref<T> {
  const listeners = new Set<() => void>()
  const found = stored(key)
  let now = values.find((value) => value === found) ?? fallback
  return {
    get: () => now,
    set(value) {
      now = value
      try {
        localStorage.setItem(key, value)
      } catch {
        // As above.
      }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const oddsFormat = pref<OddsFormat>('toteboard.odds', ['decimal', 'fractional', 'american'], 'decimal')
export const themeChoice = pref<ThemeChoice>('toteboard.theme', ['dark', 'light', 'system'], 'system')

export function useOddsFormat(): OddsFormat {
  return useSyncExternalStore(oddsFormat.subscribe, oddsFormat.get)
}

const systemLight = () => matchMedia('(prefers-color-scheme: light)')

export function themeNow(): Theme {
  const choice = themeChoice.get()
  if (choice !== 'system') return choice
  return systemLight().matches ? 'light' : 'dark'
}

function subscribeTheme(listener: () => void) {
  const system = systemLight()
  const off = themeChoice.subscribe(listener)
  system.addEventListener('change', listener)
  return () => {
    off()
    system.removeEventListener('change', listener)
  }
}

/** What was chosen, also where it is the system's. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(themeChoice.subscribe, themeChoice.get)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribeTheme, themeNow)
}

/** Puts the theme on the document, now and whenever it changes. */
export function keepTheme() {
  const apply = () => {
    document.documentElement.dataset.theme = themeNow()
  }
  apply()
  subscribeTheme(apply)
}

const NARROW = '(max-width: 820px)'

function subscribeNarrow(listener: () => void) {
  const query = matchMedia(NARROW)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Whether the slip is a sheet at the bottom. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribeNarrow, () => matchMedia(NARROW).matches)
}
