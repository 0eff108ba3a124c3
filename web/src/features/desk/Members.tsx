/** The members: who they are, what they have, cash in, and the identity check at the desk. */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Member } from '@/api/types'
import type { TournamentOnBoard } from '@/feed/messages'
import { money } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import styles from './Desk.module.css'
import { CashInForm, DeskCheckForm } from './memberForms'

const PAGE = 200

const KYC_WORDS: Record<Member['kyc'], string> = {
  none: 'not checked',
  pending: 'check under way',
  review: 'to be reviewed',
  verified: 'verified',
  declined: 'declined',
}

interface Props {
  slug: string
  tournament: TournamentOnBoard
}

export function Members({ slug, tournament }: Props) {
  const [sought, setSought] = useState('')
  const members = useQuery({
    queryKey: ['members', slug],
    queryFn: () =>
      must(
        api.GET('/api/tournament/{which}/member', {
          params: { path: { which: slug }, query: { limit: PAGE } },
        }),
      ),
  })
  const rows = (members.data?.items ?? []).filter(({ name, email }) =>
    `${name} ${email}`.toLowerCase().includes(sought.trim().toLowerCase()),
  )
  return (
    <section className={styles.panel} aria-labelledby="members">
      <div className={styles.bar}>
        <h2 id="members">Members</h2>
        <input
          type="search"
          className={styles.search}
          aria-label="Find a member"
          placeholder="Find a member"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </div>
      <Failure error={members.error} />
      {members.isPending && <p className={styles.none}>Loading the members…</p>}
      {members.isSuccess && rows.length === 0 && <p className={styles.none}>Nobody here.</p>}
      <ul className={styles.members}>
        {rows.map((member) => (
          <MemberRow key={member.user_id} member={member} slug={slug} tournament={tournament} />
        ))}
      </ul>
    </section>
  )
}

function MemberRow({ member, slug, tournament }: Props & { member: Member }) {
  const [form, setForm] = useState<'cash' | 'check' | null>(null)
  const close = () => setForm(null)
  return (
    <li data-testid="member" data-user={member.user_id}>
      <div className={styles.member}>
        <span className={styles.person}>
          <b>{member.name}</b>
          <small>
            {member.role}, <span data-kyc={member.kyc}>{KYC_WORDS[member.kyc]}</span>
          </small>
        </span>
        {member.balance !== null && <span className="num">{money(member.balance, tournament)}</span>}
        {member.wallet_id !== null && (
          <Button
            size="small"
            look="plain"
            aria-expanded={form === 'cash'}
            onClick={() => setForm(form === 'cash' ? null : 'cash')}
          >
            Cash in<span className="said"> for {member.name}</span>
          </Button>
        )}
        {member.kyc !== 'verified' && (
          <Button
            size="small"
            look="plain"
            aria-expanded={form === 'check'}
            onClick={() => setForm(form === 'check' ? null : 'check')}
          >
            Check<span className="said"> the identity of {member.name}</span>
          </Button>
        )}
      </div>
      {form === 'cash' && member.wallet_id !== null && (
        <CashInForm wallet={member.wallet_id} slug={slug} currency={tournament} onDone={close} />
      )}
      {form === 'check' && (
        <DeskCheckForm member={member} slug={slug} tournament={tournament.id} onDone={close} />
      )}
    </li>
  )
}
