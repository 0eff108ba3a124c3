/** Dialogs above whatever page there is, whose code is loaded when they are asked for. */

import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

/** Shows what `draw` gives, until it calls what it is given. */
export function overlay(draw: (close: () => void) => ReactNode) {
  const place = document.body.appendChild(document.createElement('div'))
  place.dataset.overlay = ''
  const root = createRoot(place)
  root.render(
    draw(() => {
      root.unmount()
      place.remove()
    }),
  )
}
