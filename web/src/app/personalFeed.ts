/** What the feed tells this reader alone goes into the same queries that the API fills. */

import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Bet } from '@/api/types'
import { outcomeWords } from '@/features/bets/words'
import type { PersonalMessage } from '@/feed/messages'
import { useBackAgain, usePersonal } from '@/feed/useFeed'
import { announce } from '@/shared/announce'
import { balanceIs, betsQuery, betTaken, walletsQuery } from '@/shared/mine'
import { plural } from '@/shared/plural'

/** Said once, in no list whose countdowns a screen reader would read again and again. */
function settledWords(
  { bets }: Extract<PersonalMessage, { t: 'settled' }>,
  known: Bet[] | undefined,
): string {
  const [one] = bets
  const bet = known?.find(({ id }) => id === one?.id)
  if (bets.length === 1 && one && bet) return `${bet.outcome}: ${outcomeWords({ ...bet, ...one })}`
  return `${plural(bets.length, 'bet')} settled`
}

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
            announce(settledWords(message, queries.getQueryData(betsQuery(tournament).queryKey)))
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
