/** The board of a tournament, and beside it what this reader may do there. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import { Board } from '@/features/board/Board'
import { KeyHelp } from '@/features/board/KeyHelp'
import { placeOf, usePickKeys } from '@/features/board/picking'
import { FeedProvider, useFeed, useStructure } from '@/feed/useFeed'
import { money } from '@/shared/money'
import { useNarrow } from '@/shared/prefs'
import { meQuery, useWallet, walletsQuery } from '@/shared/session'
import { Header } from '../Header'
import headerStyles from '../Header.module.css'
import { LinkStatus } from '../LinkStatus'
import { rememberTournament } from '../lastTournament'
import { usePersonalFeed } from '../personalFeed'
import { Beside } from './Beside'
import styles from './BoardRoute.module.css'

const SlipPanel = lazy(() => import('@/features/slip/SlipPanel'))
const MyBets = lazy(() => import('@/features/bets/MyBets'))

export default function BoardRoute() {
  const { slug } = useParams({ from: '/t/$slug' })
  const me = useQuery(meQuery)
  useEffect(() => rememberTournament(slug), [slug])
  if (me.isPending) return null
  // The socket of a signed-in reader is also private: another reader, another feed.
  return (
    <FeedProvider key={`${slug} ${me.data?.id ?? ''}`} tournament={slug}>
      <BoardPage slug={slug} me={me.data ?? null} />
    </FeedProvider>
  )
}

/** The outcome that a link names, once the board is there. */
function usePickFromLink(onPick: (outcome: number) => void) {
  const { match } = useParams({ strict: false })
  const { pick } = useSearch({ strict: false })
  const structure = useStructure()
  const isDone = useRef(false)
  useEffect(() => {
    if (isDone.current || !structure || !match) return
    isDone.current = true
    const outcome = placeOf(structure, Number(match), pick ?? 0)
    if (outcome !== null) onPick(outcome)
    else document.querySelector(`[data-match="${match}"]`)?.scrollIntoView()
  }, [structure, match, pick, onPick])
}

function BoardPage({ slug, me }: { slug: string; me: Me | null }) {
  const structure = useStructure()
  const { stake = '' } = useSearch({ strict: false })
  const isNarrow = useNarrow()
  const queries = useQueryClient()
  const feed = useFeed()
  const tournament = structure?.tournament
  const wallet = useWallet(tournament?.id)
  const [pick, setPick] = useState<number | null>(null)
  const onPick = useCallback((outcome: number | null) => setPick(outcome), [])

  usePersonalFeed(tournament?.id ?? 0)
  usePickFromLink(onPick)
  usePickKeys(feed, wallet ? pick : null, wallet ? onPick : undefined)

  const join = useMutation({
    mutationFn: () => must(api.POST('/api/tournament/{id}/join', { params: { path: { id: slug } } })),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: meQuery.queryKey })
      queries.invalidateQueries({ queryKey: walletsQuery.queryKey })
    },
  })

  useEffect(() => {
    document.title = tournament ? `${tournament.name} – Toteboard` : 'Toteboard'
  }, [tournament])

  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#slip">
        Skip to bet slip
      </a>
      <Header title={tournament?.name ?? 'Toteboard'} subtitle={tournament?.subtitle} slug={slug} me={me}>
        <LinkStatus />
        {wallet && (
          <Link to="/wallet" className={headerStyles.wallet}>
            <small>Wallet</small>
            <b className="num" data-testid="balance">
              {money(wallet.balance, wallet)}
            </b>
          </Link>
        )}
      </Header>
      <main className={styles.main}>
        <Board picked={pick} onPick={wallet ? onPick : undefined} />
        {isNarrow && wallet && (
          <Suspense>
            <MyBets tournament={wallet.tournament_id} />
          </Suspense>
        )}
      </main>
      <aside id="slip" className={styles.aside} tabIndex={-1} aria-label="Betting">
        {me && wallet ? (
          <Suspense fallback={<div className={styles.waiting} />}>
            <SlipPanel
              user={me.id}
              wallet={wallet}
              pick={pick}
              firstStake={stake}
              onPick={onPick}
              onJoin={() => join.mutate()}
            />
            {!isNarrow && <MyBets tournament={wallet.tournament_id} />}
          </Suspense>
        ) : (
          tournament && <Beside me={me} tournament={tournament} join={join} />
        )}
      </aside>
      <KeyHelp />
    </div>
  )
}
