/** How other devices reach this server: for QR codes, posters, receipts and the wall. */

import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: () => must(api.GET('/api/server')),
  staleTime: Number.POSITIVE_INFINITY,
})

const LOOPBACK = /^(localhost|.*\.localhost|127\..*|\[::1\])$/

export interface PublicAddress {
  /** Scheme, host and port, without a slash at the end. */
  base: string
  /** False where only this computer can open it. */
  isReached: boolean
  /** The addresses that others could open, if the server listened there. */
  would: readonly string[]
}

export function usePublicAddress(): PublicAddress {
  const { data } = useQuery(serverQuery)
  const first = data?.addresses[0]
  if (data?.reached && first) return { base: first, isReached: true, would: [] }
  const isReached = !data && !LOOPBACK.test(location.hostname)
  return { base: location.origin, isReached, would: data?.addresses ?? [] }
}
