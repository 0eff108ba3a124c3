/** What an organizer decides about a member: identity, role, and whether they stay. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { Member, Role, Tournament } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { plural } from '@/shared/plural'
import { usePublicAddress } from '@/shared/publicAddress'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Field, SelectField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { A_ROLE, ROLE_WORDS } from '@/shared/words'
import styles from './members.module.css'
import { changeMeans, ROLE_MEANS, ROLES } from './roles'

export const membersKey = (slug: string) => ['members', slug]

interface Props {
  member: Member
  slug: string
  tournament: Pick<Tournament, 'id' | 'staff_may_bet' | 'min_age'>
}

export function IdentityForm({ member, slug, tournament }: Props) {
  const queries = useQueryClient()
  const [seen, setSeen] = useState('')
  const check = useMutation({
    mutationFn: (decision: 'verified' | 'declined') =>
      must(
        api.POST('/api/kyc/desk', {
          body: { tournament_id: tournament.id, user_id: member.user_id, document: seen.trim(), decision },
        }),
      ),
    onSuccess: () => {
      setSeen('')
      queries.invalidateQueries({ queryKey: membersKey(slug) })
    },
  })
  const isReady = seen.trim() !== '' && !check.isPending
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (isReady) check.mutate('verified')
  }
  return (
    <form className={styles.form} onSubmit={onSubmit} aria-label="Check the identity">
      {member.kyc === 'review' && <Why member={member} tournament={tournament} />}
      <Field
        label="Document seen"
        hint={`Such as: identity card, Germany. It is kept with your name and counts in this tournament.${
          tournament.min_age ? ` They must be ${tournament.min_age}.` : ''
        }`}
        value={seen}
        maxLength={NAME_LENGTH_MAX}
        onChange={(event) => setSeen(event.target.value)}
      />
      <Failure error={check.error} />
      <div className={styles.buttons}>
        <Button type="submit" size="small" look="plain" disabled={!isReady}>
          Verify
        </Button>
        <Button size="small" look="danger" disabled={!isReady} onClick={() => check.mutate('declined')}>
          Decline
        </Button>
      </div>
    </form>
  )
}

/** Why a person looks, where a provider did not decide. */
function Why({ member, tournament }: Pick<Props, 'member' | 'tournament'>) {
  if (member.kyc_is_twin)
    return (
      <Note tone="warn" icon="warning" title="Another account has the same identity.">
        {member.kyc_twin === null
          ? 'It is no member here. '
          : `It is member #${member.kyc_twin} of this tournament. `}
        One person has one account: decline this one, unless they are two people.
      </Note>
    )
  return (
    <Note tone="warn" icon="warning" title="The provider did not decide.">
      {tournament.min_age
        ? `Look at the document yourself, and whether they are ${tournament.min_age}.`
        : 'Look at the document yourself.'}
    </Note>
  )
}

export function RoleForm({ member, slug, tournament }: Props) {
  const queries = useQueryClient()
  const [role, setRole] = useState<Role>(member.role)
  const [isAsking, setAsking] = useState(false)
  const change = useMutation({
    mutationFn: () =>
      must(
        api.PUT('/api/tournament/{which}/member/{user_id}', {
          params: { path: { which: slug, user_id: member.user_id } },
          body: { role },
        }),
      ),
    onSuccess: () => {
      setAsking(false)
      queries.invalidateQueries({ queryKey: membersKey(slug) })
    },
  })
  const action = `Make ${member.name} ${A_ROLE[role]}`
  return (
    <div className={styles.form}>
      <SelectField
        label="Role"
        value={role}
        hint={ROLE_MEANS[role]}
        options={ROLES.map((one) => ({ value: one, label: ROLE_WORDS[one] }))}
        onChange={(event) => setRole(event.target.value as Role)}
      />
      {role !== member.role && (
        <div className={styles.buttons}>
          <Button size="small" onClick={() => setAsking(true)}>
            Change the role…
          </Button>
        </div>
      )}
      {isAsking && (
        <Confirm
          title={`${action}?`}
          action={action}
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate()}
          onClose={() => setAsking(false)}
        >
          {changeMeans(member, role, tournament.staff_may_bet).map((line) => (
            <p key={line}>{line}</p>
          ))}
          {member.role === 'organizer' && <Ending invitations={member.invitations} />}
        </Confirm>
      )}
    </div>
  )
}

/** Invitations last as long as their maker's right. */
function Ending({ invitations }: { invitations: number }) {
  if (invitations === 0) return null
  return <p>{plural(invitations, 'open invitation')} they made will end. Whoever used one stays.</p>
}

export function RemoveMember({ member, slug }: Omit<Props, 'tournament'>) {
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () =>
      must(
        api.DELETE('/api/tournament/{which}/member/{user_id}', {
          params: { path: { which: slug, user_id: member.user_id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: membersKey(slug) }),
  })
  return (
    <>
      <Button size="small" look="danger" onClick={() => setAsking(true)}>
        Remove…
      </Button>
      {isAsking && (
        <Confirm
          title={`Remove ${member.name}?`}
          action="Remove from the tournament"
          isDanger
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>
            They lose their role here. Their account, and what is logged of them, stays. Nobody is removed
            while their wallet holds or owes money, or bets of theirs are open.
          </p>
          <Ending invitations={member.invitations} />
        </Confirm>
      )}
    </>
  )
}

/** A code for who has forgotten the password, or never had one: it is handed over, and shown this once. */
export function PasswordCode({ member, slug }: Omit<Props, 'tournament'>) {
  const { base } = usePublicAddress()
  const making = useMutation({
    mutationFn: () =>
      must(
        api.POST('/api/tournament/{which}/member/{user_id}/password-code', {
          params: { path: { which: slug, user_id: member.user_id } },
        }),
      ),
  })
  return (
    <>
      <Button size="small" look="plain" disabled={making.isPending} onClick={() => making.mutate()}>
        Code for a new password
      </Button>
      <div role="status">
        <Failure error={making.error} />
        {making.data && (
          <Note tone="good" icon="check" title={making.data.code}>
            It sets a new password for {member.name} once, until{' '}
            {shortTime(making.data.expires_at, Date.now())}, at <code>{base}/password</code>. Whoever has it
            can sign in as <bdi>{member.name}</bdi>: give it to nobody else.
          </Note>
        )}
      </div>
    </>
  )
}
