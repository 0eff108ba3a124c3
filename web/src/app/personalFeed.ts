/** What the feed tells this reader alone goes into the same queries that the API fills. */

import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { PersonalMessage } from '@/feed/messages'
import { useBackAgain, usePersonal } from '@/feed/useFeed'
import { balanceIs, betsQuery, betTaken, walletsQuery } from '@/shared/mine'

export function usePersonalFeed(tournament: number) {
  const queries = useQueryClient()
  /** Bets and wallets as the API has them: what the feed told while the link was away was told to nobody. */
  const lookAgain = useCallback(() => {
    queries.invalidateQueries({ queryKey: betsQuery(tournament).queryKey })
    queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
  }, [queries, tournament])
  useBackAgain(lookAgain)
  usePersonal(
    useCallback(
      (message: PersonalMessage) => {
        switch (message.t) {
          case 'bet':
            return betTaken(queries, message.bet)
          case 'settled': {
            const settled_at = new Date().toISOString()
            const settled = new Map(message.bets.map((bet) => [bet.id, { ...bet, settled_at }]))
            queries.setQueryData(betsQuery(tournament).queryKey, (bets) =>
              bets?.map((bet) => ({ ...bet, ...settled.get(bet.id) })),
            )
            return balanceIs(queries, tournament, message.balance)
          }
          case 'again':
            return lookAgain()
          case 'wallet':
            balanceIs(queries, tournament, message.balance)
            queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
        }
      },
      [queries, tournament, lookAgain],
    ),
  )
}
