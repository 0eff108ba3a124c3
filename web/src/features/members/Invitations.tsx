/** Invitations: made here, shown once, listed with what became of them, ended. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Invitation, InvitationCreated, Tournament } from '@/api/types'
import { plural } from '@/shared/plural'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { More, usePaged } from '@/shared/ui/Paged'
import { ROLE_WORDS } from '@/shared/words'
import { FreshCode } from './FreshCode'
import { InviteForm } from './InviteForm'
import styles from './invitations.module.css'

const invitationsKey = (slug: string) => ['invitations', slug]

interface Props {
  slug: string
  tournament: Tournament
}

function stateOf({ state, uses_left, expires_at }: Invitation): string {
  switch (state) {
    case 'open':
      return `${plural(uses_left, 'use')} left, until ${shortTime(expires_at, Date.now())}`
    case 'used_up':
      return 'Used up'
    case 'expired':
      return `Over since ${shortTime(expires_at, Date.now())}`
    case 'ended':
      return 'Ended'
  }
}

export function Invitations({ slug, tournament }: Props) {
  const queries = useQueryClient()
  const [fresh, setFresh] = useState<InvitationCreated | null>(null)
  const list = usePaged(invitationsKey(slug), (after) =>
    must(
      api.GET('/api/tournament/{which}/invitation', {
        params: { path: { which: slug }, query: { after } },
      }),
    ),
  )
  const changed = () => queries.invalidateQueries({ queryKey: invitationsKey(slug) })
  return (
    <>
      {fresh ? (
        <FreshCode invitation={fresh} tournament={tournament} onDone={() => setFresh(null)} />
      ) : (
        <InviteForm
          slug={slug}
          onMade={(made) => {
            setFresh(made)
            changed()
          }}
        />
      )}
      <section aria-labelledby="invitations" className={styles.made}>
        <h2 id="invitations">Invitations made</h2>
        {list.isSuccess && list.rows.length === 0 && <p className={styles.quiet}>None yet.</p>}
        <ul>
          {list.rows.map((one) => (
            <InvitationLine key={one.id} invitation={one} slug={slug} onEnded={changed} />
          ))}
        </ul>
        <More list={list} what="invitations" />
      </section>
    </>
  )
}

function InvitationLine({
  invitation,
  slug,
  onEnded,
}: {
  invitation: Invitation
  slug: string
  onEnded: () => void
}) {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () =>
      must(
        api.DELETE('/api/tournament/{which}/invitation/{invitation_id}', {
          params: { path: { which: slug, invitation_id: invitation.id } },
        }),
      ),
    onSuccess: () => {
      setAsking(false)
      onEnded()
    },
  })
  return (
    <li className={styles.line} data-testid="invitation" data-state={invitation.state}>
      <span>
        <b>{ROLE_WORDS[invitation.role]}</b>
        <small>
          by <bdi>{invitation.created_by}</bdi>, {shortTime(invitation.created_at, Date.now())}
        </small>
      </span>
      <span>
        {stateOf(invitation)}
        <small>
          {invitation.taken === 0
            ? 'Not used yet'
            : `Used by ${plural(invitation.taken, 'person', 'people')}`}
        </small>
      </span>
      {invitation.state === 'open' && (
        <Button size="small" look="plain" onClick={() => setAsking(true)}>
          Revoke<span className="visually-hidden">: {ROLE_WORDS[invitation.role]}</span>
        </Button>
      )}
      {isAsking && (
        <Confirm
          title="Revoke this invitation?"
          action="Revoke the invitation"
          isDanger
          isPending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>Its code and posters stop working. Whoever used it stays a member.</p>
        </Confirm>
      )}
    </li>
  )
}
