/** The organizer's desk of a tournament, for those who run it. */

import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Me } from '@/api/types'
import { Desk } from '@/features/desk/Desk'
import { FeedProvider, useStructure } from '@/feed/useFeed'
import { meQuery, runsDesk } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Header } from '../Header'
import { LinkStatus } from '../LinkStatus'
import { rememberTournament } from '../lastTournament'
import { Page, SignInFirst } from '../Page'
import styles from './BoardRoute.module.css'

export default function DeskRoute() {
  const { slug } = useParams({ from: '/org/t/$slug' })
  const me = useQuery(meQuery)
  useEffect(() => rememberTournament(slug), [slug])
  if (me.isPending) return null
  if (!me.data || !runsDesk(me.data, slug)) {
    return (
      <Page title="The desk">
        {me.data ? (
          <Note tone="bad" icon="cross" title="The desk is for organizers of this tournament." />
        ) : (
          <SignInFirst what="the desk" />
        )}
      </Page>
    )
  }
  return (
    <FeedProvider key={`${slug} ${me.data.id}`} tournament={slug}>
      <DeskPage slug={slug} me={me.data} />
    </FeedProvider>
  )
}

function DeskPage({ slug, me }: { slug: string; me: Me }) {
  const tournament = useStructure()?.tournament
  useEffect(() => {
    document.title = tournament ? `Desk, ${tournament.name} – Toteboard` : 'Toteboard'
  }, [tournament])
  return (
    <div className={styles.app}>
      <Header title={tournament?.name ?? 'Toteboard'} subtitle="The desk" slug={slug} me={me}>
        <LinkStatus />
      </Header>
      <Desk slug={slug} />
    </div>
  )
}
