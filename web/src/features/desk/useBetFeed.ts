/** The bets of a tournament: what was read of them, page by page, and what comes in since. */

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, must } from '@/api/client'
import type { Structure } from '@/feed/board'
import type { PersonalMessage } from '@/feed/messages'
import { useBackAgain, usePersonal } from '@/feed/useFeed'
import type { BetFilters } from '@/shared/betFilters'
import { arrive, fromApi, fromFeed, NO_LIVE, release, type Taken, together } from './betFeed'

/** A rush is told a few times a second, not once a bet. */
const TELL_MS = 200
/** Pages asked for in a row while they are empty: a rare status is looked for in steps. */
const EMPTY_MAX = 20

interface Asked {
  structure: Structure
  filters?: BetFilters
  rows: number
  isHeld?: boolean
}

export function useBetFeed({ structure, filters = {}, rows: limit, isHeld = false }: Asked) {
  const { slug } = structure.tournament
  const { user, market, status } = filters
  const queries = useQueryClient()
  const key = ['taken', slug, limit, user ?? null, market ?? null, status ?? null]
  const list = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) => {
      let after = pageParam
      for (let n = 1; ; n++) {
        const page = await must(
          api.GET('/api/tournament/{which}/bet', {
            params: { path: { which: slug }, query: { after, limit, user, market, status } },
          }),
        )
        if (page.items.length > 0 || !page.next || n === EMPTY_MAX) return page
        after = page.next
      }
    },
    getNextPageParam: (page) => page.next ?? undefined,
    // What comes in is told by the feed.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const [live, setLive] = useState(NO_LIVE)
  const coming = useRef<Taken[]>([])

  /** The pages that are here, as they are by now. */
  const refresh = useCallback(() => queries.invalidateQueries({ queryKey: ['taken', slug] }), [queries, slug])
  const readAgain = useCallback(() => {
    coming.current = []
    setLive(NO_LIVE)
    return refresh()
  }, [refresh])

  usePersonal(
    useCallback(
      (message: PersonalMessage) => {
        // What was read of a market's bets is over with its settlement.
        if (message.t === 'settling' && message.status === 'paid') refresh()
        if (message.t !== 'bets') return
        const news = message.bets
          .map((row) => fromFeed(row, structure.marketOf.get(row[3]) ?? null))
          .filter(
            (bet) =>
              (user === undefined || bet.user === user) &&
              (market === undefined || bet.market === market) &&
              (status === undefined || bet.status === status),
          )
        coming.current = [...news.toReversed(), ...coming.current]
      },
      [structure, user, market, status, refresh],
    ),
  )
  useEffect(() => {
    const timer = setInterval(() => {
      const news = coming.current
      if (news.length === 0) return
      coming.current = []
      setLive((before) => arrive(before, news, isHeld))
    }, TELL_MS)
    return () => clearInterval(timer)
  }, [isHeld])

  // Bets that came in while the link was down were told to nobody.
  useBackAgain(readAgain)

  const read = (list.data?.pages ?? []).flatMap((page) => page.items.map(fromApi))
  return {
    ...list,
    rows: together(live, read),
    waited: live.waited,
    /** Older bets than those shown have to be read anew. */
    isCut: live.isCut,
    show: () => setLive(release),
    readAgain,
  }
}
