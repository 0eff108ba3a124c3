/** Joining a tournament: it opens a wallet there. */

import { useState } from 'react'
import { api, must } from '@/api/client'
import type { TournamentOnBoard } from '@/feed/messages'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'

export function Joining({ tournament, action }: { tournament: TournamentOnBoard; action?: string }) {
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
