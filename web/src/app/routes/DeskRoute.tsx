/** The organizer's desk of a tournament, for those who run it: its rooms are the routes below. */

import { Link, Outlet, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Me } from '@/api/types'
import { FeedProvider, useStructure } from '@/feed/useFeed'
import { runsDesk, useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Header } from '../Header'
import { LinkStatus } from '../LinkStatus'
import { rememberTournament } from '../lastTournament'
import { Page, SignInFirst } from '../Page'
import styles from './DeskRoute.module.css'

export default function DeskRoute() {
  const { slug } = useParams({ from: '/pages/org/t/$slug' })
  const me = useMe()
  useEffect(() => rememberTournament(slug), [slug])
  if (me === undefined) return null
  if (!me || !runsDesk(me, slug)) {
    return (
      <Page title="The desk">
        {me ? (
          <Note tone="bad" icon="cross" title="The desk is for organizers of this tournament." />
        ) : (
          <SignInFirst what="the desk" />
        )}
      </Page>
    )
  }
  return (
    <FeedProvider key={`${slug} ${me.id}`} tournament={slug}>
      <DeskPage slug={slug} me={me} />
    </FeedProvider>
  )
}

const ROOMS = [{ to: '/org/t/$slug', name: 'Markets' }] as const

function DeskPage({ slug, me }: { slug: string; me: Me }) {
  const tournament = useStructure()?.tournament
  useEffect(() => {
    document.title = tournament ? `Desk, ${tournament.name} – Toteboard` : 'Toteboard'
  }, [tournament])
  return (
    <div className={styles.desk}>
      <Header title={tournament?.name ?? 'Toteboard'} subtitle="The desk" slug={slug} me={me}>
        <LinkStatus />
      </Header>
      <nav className={styles.rooms} aria-label="The desk">
        {ROOMS.map(({ to, name }) => (
          <Link key={to} to={to} params={{ slug }} activeOptions={{ exact: true }}>
            {name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  )
}
