/** My wallets and their statements. */

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import type { Wallet } from '@/api/types'
import { walletsQuery } from '@/shared/mine'
import { money } from '@/shared/money'
import { membershipOf, useMe } from '@/shared/session'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import styles from './Wallets.module.css'

export function Wallets() {
  const { data: wallets, error, isPending } = useQuery(walletsQuery)
  if (isPending) return <p className={styles.muted}>Loading your wallet…</p>
  return (
    <>
      <Failure error={error} />
      {wallets?.length === 0 && (
        <p className={styles.muted}>No wallet yet. Join a tournament on its board to get one.</p>
      )}
      {wallets?.map((wallet) => (
        <WalletStatement key={wallet.id} wallet={wallet} />
      ))}
    </>
  )
}

function WalletStatement({ wallet }: { wallet: Wallet }) {
  const me = useMe()
  const name = (me && membershipOf(me, wallet.slug)?.name) ?? wallet.slug
  const statement = useInfiniteQuery({
    queryKey: ['statement', wallet.id, wallet.balance],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET('/api/wallet/{wallet_id}/statement', {
          params: { path: { wallet_id: wallet.id }, query: { after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const lines = statement.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className={styles.wallet} aria-label={`Wallet in ${name}`}>
      <header>
        <span className={styles.muted}>{name}</span>
        <strong className="num" data-testid="wallet-balance">
          {money(wallet.balance, wallet)}
        </strong>
        {wallet.owed > 0 && (
          <span className={styles.owed}>You owe {money(wallet.owed, wallet)} after a correction</span>
        )}
      </header>
      {wallet.limits.length > 0 && (
        <ul className={styles.limits} aria-label="Your limits">
          {wallet.limits.map((limit) => (
            <li key={`${limit.kind} ${limit.period}`} className="num">
              Your {limit.kind} limit a {limit.period}: {money(limit.used, wallet)} of{' '}
              {money(limit.amount, wallet)} used
            </li>
          ))}
        </ul>
      )}
      <Failure error={statement.error} />
      {statement.isSuccess && lines.length === 0 && <p className={styles.muted}>Nothing has moved yet.</p>}
      {lines.length > 0 && (
        <div className={styles.scroll}>
          <table className={`num ${styles.lines}`}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">Amount</th>
                <th scope="col">Balance</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.id}>
                  <td>{shortTime(line.at, Date.now())}</td>
                  <td>{line.text}</td>
                  <td data-sign={line.amount >= 0 ? 'in' : 'out'}>
                    {line.amount > 0 ? '+' : ''}
                    {money(line.amount, wallet)}
                  </td>
                  <td>{money(line.balance, wallet)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {statement.hasNextPage && (
        <Button
          look="plain"
          disabled={statement.isFetchingNextPage}
          onClick={() => statement.fetchNextPage()}
        >
          Show older
        </Button>
      )}
    </section>
  )
}
