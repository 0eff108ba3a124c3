/** Takes an invitation: what it is for, who one is, and in. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { InvitationOffer, Me } from '@/api/types'
import { membershipOf, refreshMe, useMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import { Segments } from '@/shared/ui/Segments'
import { Loading } from '@/shared/ui/States'
import { A_ROLE } from '@/shared/words'
import { CodeForm } from './CodeForm'
import { RegisterForm, SignInForm } from './forms'
import styles from './people.module.css'

const MEANS: Record<InvitationOffer['role'], string> = {
  bettor: 'You get a wallet and bet from your phone.',
  cashier: 'You pay money in and out at the desk.',
  auditor: 'You see bets, wallets and the log, and change nothing.',
  organizer: 'You run the tournament.',
}

type Way = 'new' | 'known'

const WAYS: Array<{ value: Way; label: string; words: string }> = [
  { value: 'new', label: 'I am new here', words: 'I am new here' },
  { value: 'known', label: 'I have an account', words: 'I have an account' },
]

function useTaking(code: string, onIn: Props['onIn']) {
  return useMutation({
    mutationFn: () => must(api.POST('/api/invitation/{code}', { params: { path: { code } } })),
    onSuccess: async (membership) => {
      await refreshMe()
      onIn(membership.slug, membership.role)
    },
  })
}

interface Props {
  code: string
  onCode: (code: string) => void
  /** In: to the board, or to the desk for those who work there. */
  onIn: (slug: string, role: string) => void
}

export function Join({ code, onCode, onIn }: Props) {
  const me = useMe()
  const take = useTaking(code, onIn)
  const invitation = useQuery({
    // Asked again by itself when somebody else looks.
    queryKey: ['invitation', code],
    queryFn: () => must(api.GET('/api/invitation/{code}', { params: { path: { code } } })),
    enabled: me !== undefined,
    // Trying again is for people: each try of a wrong code counts.
    retry: (failures, error) => !(error instanceof Problem) && failures < 2,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (invitation.isPending) return <Loading what="the invitation" />
  if (invitation.error) {
    return <NotValid error={invitation.error} onCode={onCode} onRetry={() => invitation.refetch()} />
  }
  return <Invitation code={code} take={take} me={me ?? null} invited={invitation.data} onIn={onIn} />
}

function NotValid({
  error,
  onCode,
  onRetry,
}: {
  error: unknown
  onCode: Props['onCode']
  onRetry: () => void
}) {
  const isUnknown = error instanceof Problem && error.status === 404
  if (!isUnknown) {
    return (
      <div className={styles.form}>
        <Failure error={error} />
        <Button look="plain" onClick={onRetry}>
          Try again
        </Button>
      </div>
    )
  }
  return (
    <div className={styles.form}>
      <Note tone="bad" icon="cross" title="This invitation does not work." alert>
        The code may be mistyped, used up or expired. Check it, or ask whoever gave it to you.
      </Note>
      <CodeForm onCode={onCode} />
    </div>
  )
}

function Invitation({
  code,
  take,
  me,
  invited,
  onIn,
}: {
  code: string
  take: ReturnType<typeof useTaking>
  me: Me | null
  invited: InvitationOffer
  onIn: Props['onIn']
}) {
  const [way, setWay] = useState<Way>('new')
  const already = me && membershipOf(me, invited.slug)
  const isIn = already && (invited.taken || already.role === invited.role || already.role === 'organizer')
  const losesBets = already?.role === 'bettor' && invited.role !== 'bettor' && !invited.staff_may_bet
  return (
    <div className={styles.form} data-testid="invited">
      <div className={styles.invited}>
        <p>You are invited to join</p>
        <h2 dir="auto">{invited.name}</h2>
        {invited.subtitle && <p dir="auto">{invited.subtitle}</p>}
        <p>
          as <b>{A_ROLE[invited.role]}</b>. {MEANS[invited.role]}
        </p>
      </div>
      {me && isIn && (
        <>
          <Note
            tone="good"
            icon="check"
            title={`You are ${A_ROLE[already.role as InvitationOffer['role']]} here.`}
          >
            The invitation is not needed any more.
          </Note>
          <Button onClick={() => onIn(invited.slug, already.role)}>Go in</Button>
        </>
      )}
      {me && !isIn && (
        <>
          {losesBets && (
            <Note tone="warn" icon="warning" title="You are a bettor here.">
              Staff do not bet in this tournament. Your wallet stays, and open bets are paid.
            </Note>
          )}
          <p className={styles.muted}>
            Signed in as <bdi>{me.name}</bdi>.
          </p>
          <Failure error={take.error} />
          <Button disabled={take.isPending} onClick={() => take.mutate()}>
            {take.isPending ? 'Joining…' : `Join as ${A_ROLE[invited.role]}`}
          </Button>
        </>
      )}
      {!me && (
        <>
          <Segments label="Who are you?" value={way} options={WAYS} onChoose={setWay} />
          {way === 'new' ? (
            <RegisterForm action="Register and join" invitation={code} onDone={() => take.mutate()} />
          ) : (
            <SignInForm onDone={() => {}} />
          )}
        </>
      )}
    </div>
  )
}
