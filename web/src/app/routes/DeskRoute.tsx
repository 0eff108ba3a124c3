/** The desk of a tournament, for those who run it: its rooms are the routes below, each role has its own of them. */

import { Link, Navigate, Outlet, useLocation, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Me } from '@/api/types'
import { FeedProvider, useStructure } from '@/feed/useFeed'
import { type DeskRole, deskRole, useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Tabs } from '@/shared/ui/Tabs'
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
  const role = deskRole(me, slug)
  if (!me || !role) {
    return (
      <Page title="The desk">
        {me ? (
          <Note tone="bad" icon="cross" title="The desk is for those who run this tournament." />
        ) : (
          <SignInFirst what="the desk" />
        )}
      </Page>
    )
  }
  return (
    <FeedProvider key={`${slug} ${me.id}`} tournament={slug}>
      <DeskPage slug={slug} me={me} role={role} />
    </FeedProvider>
  )
}

interface Room {
  to:
    | '/org/t/$slug'
    | `/org/t/$slug/${'bets' | 'people' | 'import' | 'exports' | 'reports' | 'feedback' | 'settings'}`
  name: string
  /** Who else than organizers works in it, or may look into it. */
  also?: readonly DeskRole[]
}

const ROOMS: readonly Room[] = [
  { to: '/org/t/$slug', name: 'Markets' },
  { to: '/org/t/$slug/bets', name: 'Bets', also: ['cashier', 'auditor'] },
  { to: '/org/t/$slug/people', name: 'People', also: ['cashier', 'auditor'] },
  { to: '/org/t/$slug/import', name: 'Import' },
  { to: '/org/t/$slug/exports', name: 'Exports', also: ['auditor'] },
  { to: '/org/t/$slug/reports', name: 'Reports', also: ['auditor'] },
  { to: '/org/t/$slug/feedback', name: 'Feedback', also: ['auditor'] },
  { to: '/org/t/$slug/settings', name: 'Settings' },
]

const roomsOf = (role: DeskRole) => ROOMS.filter(({ also }) => role === 'organizer' || also?.includes(role))

/** The room of an address, whatever the slug. */
const roomAt = (path: string, slug: string) =>
  ROOMS.find(({ to }) => to.replace('$slug', slug) === decodeURIComponent(path).replace(/\/$/, ''))

function DeskPage({ slug, me, role }: { slug: string; me: Me; role: DeskRole }) {
  const rooms = roomsOf(role)
  const here = roomAt(useLocation({ select: ({ pathname }) => pathname }), slug)
  const tournament = useStructure()?.tournament
  useEffect(() => {
    document.title = tournament ? `Desk, ${tournament.name} – Toteboard` : 'Toteboard'
  }, [tournament])
  if (here && rooms[0] && !rooms.includes(here))
    return (
      <Navigate
        to={(role === 'cashier' ? rooms.find(({ name }) => name === 'People') : undefined)?.to ?? rooms[0].to}
        params={{ slug }}
        replace
      />
    )
  return (
    <div className={styles.desk}>
      <Header title={tournament?.name ?? 'Toteboard'} subtitle="The desk" slug={slug} me={me}>
        <LinkStatus />
      </Header>
      <Tabs label="The desk" current={here?.to} className={styles.rooms}>
        {rooms.map(({ to, name }) => (
          <Link key={to} to={to} params={{ slug }} activeOptions={{ exact: true, includeSearch: false }}>
            {name}
          </Link>
        ))}
      </Tabs>
      <Outlet />
    </div>
  )
}
