/** What of the reader's several features show: wallets and bets. Kept by TanStack Query. */

import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import type { Bet } from '@/api/types'

const BETS_SHOWN = 50

export const walletsQuery = queryOptions({
  queryKey: ['wallets'],
  queryFn: async () => (await must(api.GET('/api/wallet'))).items,
})

/** My bets in a tournament, newest first. */
export const betsQuery = (tournament: number) =>
  queryOptions({
    queryKey: ['bets', tournament],
    queryFn: async () =>
      (await must(api.GET('/api/bet', { params: { query: { tournament, limit: BETS_SHOWN } } }))).items,
  })

const PENDING_EVERY_MS = 5000
const DECIDED_EVERY_MS = 30_000

/** One bet of mine, looked at again by itself: soon while it is pending, now and then after, since results are corrected. */
export const betQuery = (id: string) =>
  queryOptions({
    queryKey: ['bet', id],
    queryFn: () => must(api.GET('/api/bet/{bet_id}', { params: { path: { bet_id: id } } })),
    refetchInterval: ({ state }) => {
      if (!state.data) return false
      return state.data.status === 'pending' ? PENDING_EVERY_MS : DECIDED_EVERY_MS
    },
  })

/** A bet of mine was taken, here or on another device. May be told twice. */
export function betTaken(queries: QueryClient, bet: Bet, balance?: number) {
  queries.setQueryData(
    betsQuery(bet.tournament_id).queryKey,
    (bets) => bets && [bet, ...bets.filter((one) => one.id !== bet.id)],
  )
  if (balance !== undefined) balanceIs(queries, bet.tournament_id, balance)
  // What own limits leave has changed with it.
  queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
}

export function balanceIs(queries: QueryClient, tournament: number, balance: number) {
  queries.setQueryData(walletsQuery.queryKey, (wallets) =>
    wallets?.map((wallet) => (wallet.tournament_id === tournament ? { ...wallet, balance } : wallet)),
  )
}
