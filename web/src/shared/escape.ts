/** Escape closes what a button has opened, and puts the focus back on that button. */

import type { KeyboardEvent } from 'react'

/** For the element around both; a dialog above it, or a field that used the key itself, keeps it. */
export function closingOnEscape(close: () => void) {
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if ((event.target as Element).closest('dialog')) return
    const opener = event.currentTarget.querySelector<HTMLElement>('button[aria-expanded="true"]')
    if (!opener) return
    event.preventDefault()
    close()
    opener.focus()
  }
}
