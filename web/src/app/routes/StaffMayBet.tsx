/** Where staff may bet, they begin as everybody else does. */

import { useQuery } from '@tanstack/react-query'
import type { TournamentOnBoard } from '@/feed/messages'
import { tournamentQuery } from '@/shared/server'
import { WithQueries } from '../WithQueries'
import { Joining } from './Joining'

interface Props {
  tournament: TournamentOnBoard
}

export function StaffMayBet({ tournament }: Props) {
  return (
    <WithQueries>
      <Offer tournament={tournament} />
    </WithQueries>
  )
}

function Offer({ tournament }: Props) {
  const { data } = useQuery(tournamentQuery(tournament.slug))
  if (!data?.staff_may_bet) return null
  return (
    <>
      <p>Staff may bet in this tournament.</p>
      <Joining tournament={tournament} action="Open a wallet to bet" />
    </>
  )
}
