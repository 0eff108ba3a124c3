/** Asks what somebody thinks of the screen they are on. */

import { overlay } from '@/shared/ui/overlay'
import { Give } from './Give'
import { stateNow } from './screen'

export function open() {
  // Once is enough.
  if (document.querySelector('dialog[open]')) return
  const [path, state] = [location.pathname, stateNow()]
  overlay((close) => <Give path={path} state={state} onClose={close} />)
}
