/** Where the slip would be, for those who have none: what they can do instead. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import type { TournamentOnBoard } from '@/feed/messages'
import { tournamentQuery } from '@/shared/server'
import { type DeskRole, deskRole, refreshMe } from '@/shared/session'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { useHere } from '../useGoBack'

const WaitingPick = lazy(() =>
  import('@/features/slip/WaitingPick').then((module) => ({ default: module.WaitingPick })),
)

const AT_DESK: Record<DeskRole, { title: string; does: string }> = {
  organizer: {
    title: 'You run this tournament',
    does: 'Open and close matches, enter results and settle at the desk.',
  },
  cashier: { title: 'You are a cashier here', does: 'Find members and pay money in and out at the desk.' },
  auditor: {
    title: 'You are an auditor here',
    does: 'See every bet, the members and their wallets at the desk.',
  },
}

interface Props {
  me: Me | null
  tournament: TournamentOnBoard
  /** What is picked before one can bet, and what would be staked on it. */
  pick: number | null
  stake: string
  onStake: (text: string) => void
  onClear: () => void
}

export function Beside({ me, tournament, pick, stake, onStake, onClear }: Props) {
  const here = useHere()
  const waiting = (leadsOn: (back: string) => ReactNode) =>
    pick !== null && (
      <Suspense>
        <WaitingPick outcome={pick} stake={stake} onStake={onStake} onClear={onClear}>
          {leadsOn}
        </WaitingPick>
      </Suspense>
    )
  if (!me && pick !== null) {
    return waiting((next) => (
      <>
        <LinkButton>
          <Link to="/sign-in" search={{ next }}>
            Sign in to place this
          </Link>
        </LinkButton>
        <p>
          No account yet?{' '}
          <Link to="/register" search={{ next }}>
            Register
          </Link>
          . Your pick and stake stay.
        </p>
      </>
    ))
  }
  if (!me) {
    return (
      <Panel title="Sign in to bet">
        <p>You see the board live. With an account you bet from here, and your bets show below.</p>
        <LinkButton>
          <Link to="/sign-in" search={{ next: here }}>
            Sign in
          </Link>
        </LinkButton>
        <p>
          No account yet?{' '}
          <Link to="/register" search={{ next: here }}>
            Register
          </Link>
        </p>
      </Panel>
    )
  }
  const role = deskRole(me, tournament.slug)
  if (role) {
    return (
      <Panel title={AT_DESK[role].title}>
        <p>{AT_DESK[role].does}</p>
        <LinkButton>
          <Link to="/org/t/$slug" params={{ slug: tournament.slug }}>
            Go to the desk
          </Link>
        </LinkButton>
        <StaffMayBet tournament={tournament} />
      </Panel>
    )
  }
  return waiting(() => <Joining tournament={tournament} />) || <Join tournament={tournament} />
}

/** Where staff may bet, they begin as everybody else does. */
function StaffMayBet({ tournament }: { tournament: TournamentOnBoard }) {
  const { data } = useQuery(tournamentQuery(tournament.slug))
  if (!data?.staff_may_bet) return null
  return (
    <>
      <p>Staff may bet in this tournament.</p>
      <Joining tournament={tournament} action="Open a wallet to bet" />
    </>
  )
}

function Join({ tournament }: { tournament: TournamentOnBoard }) {
  return (
    <Panel title="Join to bet">
      <Joining tournament={tournament} />
    </Panel>
  )
}

function Joining({ tournament, action }: { tournament: TournamentOnBoard; action?: string }) {
  const [isJoining, setJoining] = useState(false)
  const [error, setError] = useState<unknown>(null)

  async function join() {
    setJoining(true)
    setError(null)
    try {
      await must(api.POST('/api/tournament/{which}/join', { params: { path: { which: tournament.slug } } }))
      await refreshMe()
    } catch (failure) {
      setError(failure)
    }
    setJoining(false)
  }

  return (
    <>
      <p>Joining opens your wallet in this tournament, in {tournament.currency}.</p>
      <Button onClick={join} disabled={isJoining}>
        {action ?? `Join ${tournament.name}`}
      </Button>
      <Failure error={error} />
    </>
  )
}
