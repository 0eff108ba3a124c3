/** Every bet of mine, page by page, with those of one state when asked. */

import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { BetStatus } from '@/api/types'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { Segments } from '@/shared/ui/Segments'
import { BetRow } from './MyBets'
import styles from './MyBets.module.css'

type Filter = 'all' | Extract<BetStatus, 'pending' | 'won' | 'lost'>

const FILTERS: Array<{ value: Filter; label: string; words: string }> = [
  { value: 'all', label: 'All', words: 'All bets' },
  { value: 'pending', label: 'Pending', words: 'Pending bets' },
  { value: 'won', label: 'Won', words: 'Won bets' },
  { value: 'lost', label: 'Lost', words: 'Lost bets' },
]

export function AllBets() {
  const [filter, setFilter] = useState<Filter>('all')
  const bets = useInfiniteQuery({
    queryKey: ['bets', 'all', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET('/api/bet', {
          params: { query: { after: pageParam, status: filter === 'all' ? undefined : filter } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = bets.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className={styles.all}>
      <Segments label="Which bets" value={filter} options={FILTERS} onChoose={setFilter} />
      <Failure error={bets.error} />
      {bets.isPending && <p className={styles.none}>Loading your bets…</p>}
      {bets.isSuccess && rows.length === 0 && (
        <p className={styles.none}>None. Pick any odds on the board to start.</p>
      )}
      <ul className={styles.list}>
        {rows.map((bet) => (
          <BetRow key={bet.id} bet={bet} />
        ))}
      </ul>
      {bets.hasNextPage && (
        <Button look="plain" disabled={bets.isFetchingNextPage} onClick={() => bets.fetchNextPage()}>
          Show older bets
        </Button>
      )}
    </div>
  )
}
