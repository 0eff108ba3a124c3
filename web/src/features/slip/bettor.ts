/** What the slip knows of its bettor: whether their identity lets them bet, and whether they take a break. */

import { useQuery } from '@tanstack/react-query'
import { useStructure } from '@/feed/useFeed'
import { tournamentQuery } from '@/shared/server'
import { membershipOf, useMe } from '@/shared/session'

/** It is verified, or the tournament asks for none. */
export function useIsKnown(): boolean {
  const me = useMe()
  const slug = useStructure()?.tournament.slug ?? ''
  const isVerified = me ? membershipOf(me, slug)?.kyc === 'verified' : false
  const { data: tournament } = useQuery({
    ...tournamentQuery(slug),
    enabled: slug !== '' && !isVerified,
  })
  return isVerified || tournament?.kyc_provider === 'none'
}

/** Until when the reader takes a break from betting, as the API says it; null where they take none. */
export function useBreak(): string | null {
  const until = useMe()?.excluded_until ?? null
  return until !== null && Date.parse(until) > Date.now() ? until : null
}
