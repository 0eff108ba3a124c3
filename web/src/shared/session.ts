/** Who looks, and what of theirs several features show. Kept by TanStack Query under these keys. */

import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { api, must, rememberCsrf } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Bet, Me, Wallet } from '@/api/types'

async function askMe(): Promise<Me | null> {
  try {
    const me = await must(api.GET('/api/me'))
    rememberCsrf(me.csrf_token)
    return me
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      rememberCsrf(null)
      return null
    }
    throw error
  }
}

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: askMe, staleTime: 60_000 })

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: () => must(api.GET('/api/server')),
  staleTime: Number.POSITIVE_INFINITY,
})

export const walletsQuery = queryOptions({
  queryKey: ['wallets'],
  queryFn: async () => (await must(api.GET('/api/wallet'))).items,
})

const BETS_SHOWN = 50

/** My bets in a tournament, newest first. */
export const betsQuery = (tournament: number) =>
  queryOptions({
    queryKey: ['bets', tournament],
    queryFn: async () =>
      (await must(api.GET('/api/bet', { params: { query: { tournament, limit: BETS_SHOWN } } }))).items,
  })

/** A bet of mine was taken, here or on another device. May be told twice. */
export function betTaken(queries: QueryClient, bet: Bet, balance: number | undefined) {
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

/** Me, null for an anonymous spectator, undefined while it is not known. */
export function useMe(): Me | null | undefined {
  return useQuery(meQuery).data
}

export function useWallet(tournament: number | undefined): Wallet | undefined {
  const me = useMe()
  const wallets = useQuery({ ...walletsQuery, enabled: Boolean(me) })
  return wallets.data?.find((wallet) => wallet.tournament_id === tournament)
}

/** Takes a new session: after signing in or registering. Everything personal is asked again. */
export function signedIn(queries: QueryClient, me: Me) {
  rememberCsrf(me.csrf_token)
  queries.setQueryData(meQuery.queryKey, me)
  queries.removeQueries({ queryKey: walletsQuery.queryKey })
  queries.removeQueries({ queryKey: ['bets'] })
}

export async function signOut(queries: QueryClient) {
  await must(api.DELETE('/api/session'))
  rememberCsrf(null)
  queries.setQueryData(meQuery.queryKey, null)
  queries.removeQueries({ queryKey: walletsQuery.queryKey })
  queries.removeQueries({ queryKey: ['bets'] })
}

const STAFF = new Set(['organizer', 'admin'])

/** Whether this membership runs the desk. */
export function runsDesk(me: Me | null | undefined, tournament: number | string): boolean {
  if (!me) return false
  if (me.admin) return true
  return me.memberships.some(
    (member) => STAFF.has(member.role) && (member.slug === tournament || member.tournament_id === tournament),
  )
}
