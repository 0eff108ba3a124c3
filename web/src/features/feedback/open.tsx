/** Asks what somebody thinks of the screen they are on. */

import { overlay } from '@/shared/ui/overlay'
import { Give } from './Give'
import { slugOf, stateNow } from './screen'

/** `last` is the tournament that was looked at last: a page that is of none is said something of there. */
export function open(last: string | null) {
  // Once is enough.
  if (document.querySelector('[data-overlay]')) return
  const [path, state] = [location.pathname, stateNow()]
  overlay((close) => <Give path={path} slug={slugOf(path) ?? last} state={state} onClose={close} />)
}
