/** One member: a line, and unfolded what the reader's role can do for them. */

import { Link } from '@tanstack/react-router'
import { memo, useEffect, useId, useRef } from 'react'
import type { Member, Tournament } from '@/api/types'
import { closingOnEscape } from '@/shared/escape'
import { money } from '@/shared/money'
import { type DeskRole, useMe } from '@/shared/session'
import { KYC_WORDS, ROLE_WORDS, wordOf } from '@/shared/words'
import { CashForm } from './CashForm'
import { IdentityForm, PasswordCode, RemoveMember, RoleForm } from './MemberActions'
import styles from './members.module.css'
import { Statement } from './Statement'

interface Props {
  member: Member
  slug: string
  tournament: Tournament
  as: DeskRole
}

interface RowProps extends Props {
  isOpen: boolean
  onToggle: (user: number) => void
}

export const MemberRow = memo(function MemberRow({ isOpen, onToggle, ...props }: RowProps) {
  const { member, tournament } = props
  const id = useId()
  return (
    <li
      className={styles.member}
      data-testid="member"
      data-user={member.user_id}
      onKeyDown={closingOnEscape(() => onToggle(member.user_id))}
    >
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => onToggle(member.user_id)}
      >
        <span className={styles.person}>
          <bdi>{member.name}</bdi>
          <small>
            <span className="num">
              #{member.user_id}
              {member.wallet_id !== null && `, wallet ${member.wallet_id}`}
            </span>
            {member.email && `, ${member.email}`}
          </small>
        </span>
        <span className={styles.role} data-staff={member.role !== 'bettor' || undefined}>
          {ROLE_WORDS[member.role]}
        </span>
        <span className={styles.kyc} data-kyc={member.kyc}>
          {tournament.kyc_provider !== 'none' && wordOf(KYC_WORDS, member.kyc)}
        </span>
        <span className={`num ${styles.balance}`}>
          {member.balance !== null && <b>{money(member.balance, tournament)}</b>}
          {Boolean(member.owed) && <small>owes {money(member.owed ?? 0, tournament)}</small>}
        </span>
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <MemberPanel {...props} />}
      </div>
    </li>
  )
})

function MemberPanel({ member, slug, tournament, as }: Props) {
  const wallet = member.wallet_id
  const me = useMe()
  const panel = useRef<HTMLDivElement>(null)
  // One goes on with what is to be done: the document, and once it is seen, the cash.
  useEffect(() => {
    if (as !== 'auditor' && member.kyc)
      panel.current?.querySelector<HTMLInputElement>('form input:not([type=radio])')?.focus()
  }, [as, member.kyc])
  const isMe = member.user_id === me?.id
  const asksIdentity = tournament.kyc_provider !== 'none'
  const owner = wallet === null ? null : { ...member, wallet_id: wallet }
  return (
    <div ref={panel} className={styles.panel} data-wide={as === 'auditor' || undefined}>
      {as !== 'auditor' && (
        <div className={styles.card}>
          {asksIdentity && member.kyc !== 'verified' && !isMe && (
            <IdentityForm member={member} slug={slug} tournament={tournament} />
          )}
          {owner && !isMe && <CashForm member={owner} currency={tournament} />}
          {isMe && (
            <p className={styles.quiet}>
              This is you: a colleague checks your identity and pays you in and out.
            </p>
          )}
        </div>
      )}
      {owner && <Statement member={owner} currency={tournament} />}
      {!owner && <p className={styles.quiet}>No wallet: they do not bet here.</p>}
      {as === 'organizer' && !isMe && (
        <div className={styles.actions}>
          <RoleForm key={member.role} member={member} slug={slug} tournament={tournament} />
        </div>
      )}
      {as !== 'cashier' && (
        <div className={styles.buttons}>
          {owner && (
            <Link
              className={styles.link}
              to="/org/t/$slug/bets"
              params={{ slug }}
              search={{ user: member.user_id }}
            >
              See their bets
            </Link>
          )}
          {as === 'organizer' && <PasswordCode member={member} slug={slug} />}
          {as === 'organizer' && !isMe && <RemoveMember member={member} slug={slug} />}
        </div>
      )}
    </div>
  )
}
