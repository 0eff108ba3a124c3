/** Single keys of the cockpit. Typing in a field, and any key with a modifier, is left alone. */

import { useEffect, useRef } from 'react'

export type Keys = Record<string, (event: KeyboardEvent) => void>

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]')
}

/** Enter belongs to whatever has the focus; it is ours only where nothing has. */
function isTaken(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && event.target !== document.body
}

export function useKeys(keys: Keys) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
      if (isTyping(event.target) && event.key !== 'Escape') return
      // A dialog has its own keys.
      if (document.querySelector('dialog[open]')) return
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (!act || isTaken(event)) return
      event.preventDefault()
      act(event)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
