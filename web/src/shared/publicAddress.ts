/** How other devices reach this server: for QR codes, posters, receipts and the wall, which has no TanStack Query. */

import { useEffect, useState } from 'react'
import { api, must } from '@/api/client'

const AGAIN_MS = 5000
const LOOPBACK = /^(localhost|.*\.localhost|127\..*|\[::1\])$/

export interface PublicAddress {
  /** Scheme, host and port, without a slash at the end. */
  base: string
  /** False where only this computer can open it. */
  isReached: boolean
  /** The addresses that others could open, if the server listened there. */
  would: readonly string[]
}

/** What the server said; it is the same as long as the page is open. */
let said: PublicAddress | null = null

async function ask(): Promise<PublicAddress> {
  const { addresses, reached } = await must(api.GET('/api/server'))
  const [first] = addresses
  return reached && first
    ? { base: first, isReached: true, would: [] }
    : { base: location.origin, isReached: false, would: addresses }
}

export function usePublicAddress(): PublicAddress {
  const [known, setKnown] = useState(said)
  useEffect(() => {
    if (said) return setKnown(said)
    let timer: ReturnType<typeof setTimeout>
    let isGone = false
    const look = async () => {
      try {
        said = await ask()
        if (!isGone) setKnown(said)
      } catch {
        if (!isGone) timer = setTimeout(look, AGAIN_MS)
      }
    }
    look()
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [])
  return known ?? { base: location.origin, isReached: !LOOPBACK.test(location.hostname), would: [] }
}
