/** The People room of the desk: members sought by the server, and for organizers the invitations. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { api, must } from '@/api/client'
import type { Role, Tournament } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { tournamentQuery } from '@/shared/server'
import { type DeskRole, useMe } from '@/shared/session'
import { LinkButton } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import { More, usePaged } from '@/shared/ui/Paged'
import { Empty, FailedToLoad, Loading } from '@/shared/ui/States'
import { Tabs } from '@/shared/ui/Tabs'
import { useQuietly } from '@/shared/useQuietly'
import { useSettled } from '@/shared/useSettled'
import { ROLE_WORDS } from '@/shared/words'
import { Invitations } from './Invitations'
import { membersKey } from './MemberActions'
import { MemberRow } from './MemberRow'
import styles from './members.module.css'
import { resumePayments, usePayments } from './payments'
import { ROLES } from './roles'
import { STATEMENTS } from './Statement'

/** Somebody joins, somebody bets: their row says so by itself. */
const LOOK_EVERY_MS = 5000

interface Props {
  slug: string
  as: DeskRole
  /** The one member to show, by their user id. */
  member: number | null
  showsInvitations: boolean
}

/** Payments left open go on, and what was paid is read again wherever it shows. */
function usePaying(slug: string) {
  const queries = useQueryClient()
  const payments = usePayments()
  const reader = useMe()?.id
  useEffect(() => {
    if (reader !== undefined) resumePayments(reader)
  }, [reader])
  const paid = payments.map(({ receipt }) => receipt?.transfer_id ?? '').join()
  useEffect(() => {
    if (!/\d/.test(paid)) return
    queries.invalidateQueries({ queryKey: membersKey(slug) })
    queries.invalidateQueries({ queryKey: STATEMENTS })
  }, [queries, slug, paid])
  return payments.flatMap(({ payment, isLost }) => (payment && isLost ? [payment] : []))
}

export function People({ slug, as, member, showsInvitations }: Props) {
  const tournament = useQuery(tournamentQuery(slug))
  const unknown = usePaying(slug)
  const room = () => {
    if (!tournament.data) {
      if (tournament.error)
        return <FailedToLoad error={tournament.error} onRetry={() => tournament.refetch()} />
      return <Loading what="the members" />
    }
    const shown = { slug, as, tournament: tournament.data }
    if (showsInvitations && as === 'organizer')
      return <Invitations slug={slug} tournament={tournament.data} />
    return member === null ? <MemberList {...shown} /> : <OneMember {...shown} member={member} />
  }
  return (
    <main className={styles.main}>
      <div className={styles.bar}>
        <h1>People</h1>
        {as === 'organizer' && (
          <Tabs label="People" current={showsInvitations ? 'invitations' : 'members'}>
            <Link
              to="/org/t/$slug/people"
              params={{ slug }}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              Members
            </Link>
            <Link
              to="/org/t/$slug/people"
              params={{ slug }}
              search={{ show: 'invitations' }}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              Invitations
            </Link>
          </Tabs>
        )}
      </div>
      {unknown.length > 0 && (
        <Note tone="warn" icon="clock" title="Checking." alert>
          The server is asked again what became of the payment for{' '}
          <bdi>{unknown.map(({ name }) => name).join(', ')}</bdi>. Hand out or take nothing until it says so.
        </Note>
      )}
      {room()}
    </main>
  )
}

interface ListProps {
  slug: string
  as: DeskRole
  tournament: Tournament
}

function MemberList({ slug, as, tournament }: ListProps) {
  const [typed, setTyped] = useState('')
  const [role, setRole] = useState<Role | 'review' | ''>('')
  const [open, setOpen] = useState<number | null>(null)
  const toggle = useCallback((user: number) => setOpen((now) => (now === user ? null : user)), [])
  const q = useSettled(typed.trim())
  const list = usePaged(
    [...membersKey(slug), q, role],
    (after) =>
      must(
        api.GET('/api/tournament/{which}/member', {
          params: {
            path: { which: slug },
            query: { after, ...(q && { q }), ...(role === 'review' ? { kyc: role } : role && { role }) },
          },
        }),
      ),
    { keepsRows: true, isShared: true },
  )
  // Further pages stand still while somebody reads them.
  useQuietly(() => (list.data?.pages.length ?? 0) < 2 && list.refetch(), LOOK_EVERY_MS)
  const isSought = q !== '' || role !== ''
  const [isEntered, setEntered] = useState(false)
  const [only] = list.rows
  const isOnly = list.isSuccess && !list.isPlaceholderData && q === typed.trim() && list.rows.length === 1
  // Enter opens the one that is found, as soon as it is.
  useEffect(() => {
    if (!isEntered || !isOnly || !only) return
    setEntered(false)
    setOpen(only.user_id)
  }, [isEntered, isOnly, only])
  return (
    <>
      <search className={styles.seek}>
        <input
          type="search"
          aria-label="Find a member"
          placeholder="Name, e-mail or number"
          maxLength={NAME_LENGTH_MAX}
          dir="auto"
          value={typed}
          onChange={(event) => {
            setEntered(false)
            setTyped(event.target.value)
          }}
          onKeyDown={(event) => event.key === 'Enter' && setEntered(isSought || typed.trim() !== '')}
        />
        <select
          aria-label="Role"
          value={role}
          onChange={(event) => setRole(event.target.value as Role | 'review' | '')}
        >
          <option value="">All roles</option>
          {tournament.kyc_provider !== 'none' && <option value="review">Identity to be reviewed</option>}
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {ROLE_WORDS[one]}s
            </option>
          ))}
        </select>
      </search>
      <ul className={styles.members} aria-busy={list.isPlaceholderData}>
        {list.rows.map((one) => (
          <MemberRow
            key={one.user_id}
            member={one}
            slug={slug}
            tournament={tournament}
            as={as}
            isOpen={open === one.user_id}
            onToggle={toggle}
          />
        ))}
      </ul>
      {list.isSuccess && !list.isPlaceholderData && list.rows.length === 0 && isSought && (
        <Empty title="No member found." />
      )}
      {list.isSuccess && !list.isPlaceholderData && list.rows.length === 0 && !isSought && (
        <Empty title="No members yet.">
          {as === 'organizer' && (
            <LinkButton>
              <Link to="/org/t/$slug/people" params={{ slug }} search={{ show: 'invitations' }}>
                Invite people
              </Link>
            </LinkButton>
          )}
        </Empty>
      )}
      <More list={list} what="members" />
    </>
  )
}

function OneMember({ slug, as, tournament, member: id }: ListProps & { member: number }) {
  const [isOpen, setOpen] = useState(true)
  const one = useQuery({
    queryKey: [...membersKey(slug), id],
    queryFn: () =>
      must(
        api.GET('/api/tournament/{which}/member/{user_id}', {
          params: { path: { which: slug, user_id: id } },
        }),
      ),
  })
  return (
    <>
      <p>
        <Link to="/org/t/$slug/people" params={{ slug }}>
          All members
        </Link>
      </p>
      {one.isPending && <Loading what="the member" />}
      <FailedToLoad error={one.error} onRetry={() => one.refetch()} />
      {one.data && (
        <ul className={styles.members}>
          <MemberRow
            member={one.data}
            slug={slug}
            tournament={tournament}
            as={as}
            isOpen={isOpen}
            onToggle={() => setOpen(!isOpen)}
          />
        </ul>
      )}
    </>
  )
}
