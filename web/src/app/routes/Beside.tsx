/** Where the slip would be, for those who have none: what they can do instead. */

import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import type { Me } from '@/api/types'
import type { TournamentOnBoard } from '@/feed/messages'
import { type DeskRole, deskRole } from '@/shared/session'
import { LinkButton } from '@/shared/ui/Button'
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

// Spectators load neither.
const Joining = lazy(() => import('./Joining').then((module) => ({ default: module.Joining })))
const StaffMayBet = lazy(() => import('./StaffMayBet').then((module) => ({ default: module.StaffMayBet })))

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
        <Suspense>
          <StaffMayBet tournament={tournament} />
        </Suspense>
      </Panel>
    )
  }
  return waiting(() => <Joining tournament={tournament} />) || <Join tournament={tournament} />
}

function Join({ tournament }: { tournament: TournamentOnBoard }) {
  return (
    <Panel title="Join to bet">
      <Suspense>
        <Joining tournament={tournament} />
      </Suspense>
    </Panel>
  )
}
