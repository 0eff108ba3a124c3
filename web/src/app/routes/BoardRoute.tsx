/** The board of a tournament, and beside it what this reader may do there. */

import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { Me } from '@/api/types'
import { Board } from '@/features/board/Board'
import { laneOf, usePickKeys } from '@/features/board/picking'
import { FeedProvider, useFeed, useStructure } from '@/feed/useFeed'
import { deskRole, membershipOf, useMe, useReader } from '@/shared/session'
import { Header } from '../Header'
import { LinkStatus } from '../LinkStatus'
import { rememberTournament } from '../lastTournament'
import { NotFound } from '../NotFound'
import { useMissing } from '../useMissing'
import { Beside } from './Beside'
import styles from './BoardRoute.module.css'

const BettorBalance = lazy(() => import('./bettor').then((module) => ({ default: module.BettorBalance })))
const BettorLead = lazy(() => import('./bettor').then((module) => ({ default: module.BettorLead })))
const BettorSide = lazy(() => import('./bettor').then((module) => ({ default: module.BettorSide })))

export default function BoardRoute() {
  const { slug } = useParams({ from: '/t/$slug' })
  const me = useMe()
  const reader = useReader()
  useEffect(() => rememberTournament(slug), [slug])
  // The socket of a signed-in reader is also private: another reader, another feed. The cookie says who it is, so the
  // board does not wait for the page to know.
  return (
    <FeedProvider key={`${slug} ${reader}`} tournament={slug}>
      <BoardPage slug={slug} me={me} />
    </FeedProvider>
  )
}

/** The outcome that a link names, once the board is there. */
function usePickFromLink(onPick: (outcome: number) => void) {
  const { match } = useParams({ strict: false })
  const { pick, outcome: named } = useSearch({ strict: false })
  const structure = useStructure()
  const isDone = useRef(false)
  useEffect(() => {
    if (isDone.current || !structure || !match) return
    isDone.current = true
    document.querySelector(`[data-match="${CSS.escape(match)}"]`)?.scrollIntoView({ block: 'nearest' })
    const isThere = named !== undefined && structure.marketOf.has(named)
    const outcome = isThere ? named : pick === undefined ? null : laneOf(structure, Number(match), pick)
    if (outcome !== null) onPick(outcome)
  }, [structure, match, pick, named, onPick])
}

function BoardPage({ slug, me }: { slug: string; me: Me | null | undefined }) {
  const feed = useFeed()
  const tournament = useStructure()?.tournament
  const isMissing = useMissing(slug)
  // Above the route that says what its search is: a figure may still be a number here.
  const { stake } = useSearch({ strict: false })
  const wallet = (me && membershipOf(me, slug)?.wallet_id) ?? null
  const [pick, setPick] = useState<number | null>(null)
  // Typed before there was a wallet to take it from.
  const [typedStake, setTypedStake] = useState<string | null>(null)
  // Staff without a wallet do not bet; anybody else may become a bettor on the way.
  const mayPick = wallet !== null || deskRole(me, slug) === null
  const onPick = useCallback((outcome: number | null) => setPick(outcome), [])

  const firstStake = typedStake ?? (stake === undefined ? '' : String(stake))
  usePickFromLink(onPick)
  usePickKeys(feed, pick, mayPick ? onPick : undefined)
  useEffect(() => {
    document.title = tournament ? `${tournament.name} – Toteboard` : 'Toteboard'
  }, [tournament])

  if (isMissing) return <NotFound />

  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#slip">
        Skip to bet slip
      </a>
      <Header title={tournament?.name ?? 'Toteboard'} subtitle={tournament?.subtitle} slug={slug} me={me}>
        <LinkStatus />
        {wallet !== null && (
          <Suspense>
            <BettorBalance wallet={wallet} />
          </Suspense>
        )}
      </Header>
      <main className={styles.main}>
        {wallet !== null && (
          <Suspense>
            <BettorLead wallet={wallet} />
          </Suspense>
        )}
        <Board picked={mayPick ? pick : null} onPick={mayPick ? onPick : undefined} />
      </main>
      <aside id="slip" className={styles.aside} tabIndex={-1} aria-label="Betting">
        {me && wallet !== null ? (
          <Suspense fallback={<div className={styles.waiting} />}>
            <BettorSide user={me.id} wallet={wallet} pick={pick} firstStake={firstStake} onPick={onPick} />
          </Suspense>
        ) : (
          tournament &&
          me !== undefined && (
            <Beside
              me={me}
              tournament={tournament}
              pick={mayPick ? pick : null}
              stake={firstStake}
              onStake={setTypedStake}
              onClear={() => setPick(null)}
            />
          )
        )}
      </aside>
    </div>
  )
}
