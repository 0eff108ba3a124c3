/** Said beside a QR code that no phone can open, with what would help. */

import type { PublicAddress } from '@/shared/publicAddress'
import { Note } from './Note'

export function Unreachable({ isReached, would }: PublicAddress) {
  if (isReached) return null
  return (
    <Note tone="warn" icon="warning" title="A phone cannot open this.">
      The server listens on this computer alone. Start it with <code>--host 0.0.0.0</code>
      {would.length > 0 && (
        <>
          {' '}
          and it is at <b>{would.join(' or ')}</b>
        </>
      )}
      , or set <code>TOTEBOARD_PUBLIC_URL</code>.
    </Note>
  )
}
