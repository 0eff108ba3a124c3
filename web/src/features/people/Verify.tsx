/** The identity check: started here, done at the provider or at the desk, and watched until there is an answer. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, must } from '@/api/client'
import type { Kyc } from '@/api/types'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import styles from './people.module.css'

const ASK_EVERY_MS = 2000
const isOpen = (status: Kyc | undefined) => status === 'pending' || status === 'review'

interface Props {
  /** The tournament whose provider checks; null where this reader belongs to none. */
  tournament: number | null
  onBack: () => void
}

export function Verify({ tournament, onBack }: Props) {
  const queries = useQueryClient()
  const [isAtDesk, setAtDesk] = useState(false)
  const state = useQuery({
    queryKey: ['kyc'],
    queryFn: () => must(api.GET('/api/kyc')),
    refetchInterval: (query) => (isOpen(query.state.data?.status as Kyc | undefined) ? ASK_EVERY_MS : false),
  })
  const status = state.data?.status as Kyc | undefined

  const start = useMutation({
    mutationFn: (id: number) => must(api.POST('/api/kyc', { body: { tournament_id: id } })),
    onSuccess: (started) => {
      if (started.url) location.assign(started.url)
      else setAtDesk(true)
      queries.invalidateQueries({ queryKey: ['kyc'] })
    },
  })

  useEffect(() => {
    if (status === 'verified' || status === 'declined') refreshMe()
  }, [status])

  const provider = state.data?.checks[0]?.provider
  const showsDesk = isOpen(status) && (isAtDesk || provider === 'desk')

  return (
    <div className={styles.form} data-testid="kyc" data-status={status}>
      <p className={styles.muted}>The organizer asks who you are once, before your first bet.</p>
      {status === 'verified' && (
        <>
          <Note tone="good" icon="check" title="You are verified.">
            Nothing more to do.
          </Note>
          <Button onClick={onBack}>Back to the board</Button>
        </>
      )}
      {status === 'declined' && (
        <Note tone="bad" icon="cross" title="The check was declined.">
          You can start it again, or ask at the desk.
        </Note>
      )}
      {showsDesk && (
        <Note tone="warn" icon="clock" title="Show your document at the desk.">
          The organizer checks it there; this page then says so by itself.
        </Note>
      )}
      {isOpen(status) && !showsDesk && (
        <Note
          tone="warn"
          icon="clock"
          title={status === 'review' ? 'Somebody is looking at it.' : 'Waiting for the answer.'}
        >
          This page says so by itself when it is there.
        </Note>
      )}
      {status !== 'verified' && tournament !== null && !showsDesk && (
        <Button disabled={start.isPending} onClick={() => start.mutate(tournament)}>
          {status === 'pending' ? 'Go on with the check' : 'Start the check'}
        </Button>
      )}
      {tournament === null && (
        <Note tone="plain" icon="warning" title="Join a tournament first: it decides who checks." />
      )}
      <Failure error={state.error ?? start.error} />
    </div>
  )
}
