/** The identity check: started here, done at the provider or at the desk, and watched until there is an answer. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, must } from '@/api/client'
import type { Kyc } from '@/api/types'
import { tournamentQuery } from '@/shared/server'
import { refreshMe } from '@/shared/session'
import { shortTime } from '@/shared/time'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { Awaiting, Empty } from '@/shared/ui/States'
import styles from './people.module.css'
import { VerifyState } from './VerifyState'

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
    queryKey: ['kyc', tournament],
    queryFn: () =>
      must(api.GET('/api/kyc', { params: { query: { tournament_id: tournament ?? undefined } } })),
    refetchInterval: ({ state: { data, error } }) =>
      error || data?.status === 'none' || isOpen(data?.status as Kyc | undefined) ? ASK_EVERY_MS : false,
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

  const newest = state.data?.checks[0]
  // Said at once where the desk looks: there is nothing to start.
  const atDesk = useQuery({ ...tournamentQuery(tournament ?? 0), enabled: tournament !== null }).data
    ?.kyc_provider
  const isDesk =
    (isOpen(status) && (isAtDesk || newest?.provider === 'desk')) || (status === 'none' && atDesk === 'desk')
  const mayStart = status !== undefined && status !== 'verified' && tournament !== null && !isDesk
  // What people declined stands until they say otherwise.
  const isFinal = status === 'declined' && (newest?.provider === 'desk' || newest?.provider === 'admin')

  return (
    <div className={styles.form} data-testid="kyc" data-status={status}>
      <p className={styles.muted}>The organizer asks who you are once, before your first bet.</p>
      <Awaiting query={state} what="your check" />
      <div role="status">{status && <VerifyState status={status} isDesk={isDesk} isFinal={isFinal} />}</div>
      {status === 'verified' && <Button onClick={onBack}>Back to betting</Button>}
      {mayStart && !isFinal && (
        <Button disabled={start.isPending} onClick={() => start.mutate(tournament)}>
          {isOpen(status)
            ? 'Go on with the check'
            : status === 'declined'
              ? 'Start again'
              : 'Start the check'}
        </Button>
      )}
      {status !== undefined && status !== 'verified' && tournament === null && (
        <Empty title="Join a tournament first.">
          <p>Its organizer decides who checks.</p>
          <LinkButton>
            <Link to="/">See the tournaments</Link>
          </LinkButton>
        </Empty>
      )}
      <Failure error={start.error} />
      {newest && status !== 'verified' && (
        <p className={styles.small}>
          Begun {shortTime(newest.created_at ?? '', Date.now())}
          {newest.changed_at !== newest.created_at &&
            `, changed ${shortTime(newest.changed_at ?? '', Date.now())}`}
          .
        </p>
      )}
    </div>
  )
}
