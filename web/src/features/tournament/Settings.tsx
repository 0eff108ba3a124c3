/** The Settings room of the desk: what a tournament is called and how it works, and putting it away. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Tournament } from '@/api/types'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { Copy } from './Copy'
import { Deductions } from './Deductions'
import { Sandbox } from './Sandbox'
import { TournamentForm, type Wanted } from './TournamentForm'
import styles from './tournament.module.css'

const EDITABLE = [
  'name',
  'slug',
  'subtitle',
  'timezone',
  'kyc_provider',
  'staff_may_bet',
  'starting_points',
  'four_eyes',
  'min_age',
] as const

/** Only what was changed is sent: what somebody else changed meanwhile stays. */
function changed(before: Tournament, wanted: Wanted): Partial<Wanted> {
  return Object.fromEntries(
    EDITABLE.filter((field) => wanted[field] !== before[field]).map((field) => [field, wanted[field]]),
  )
}

interface Props {
  slug: string
  mayArchive: boolean
  /** It has another address now. */
  onMoved: (slug: string) => void
}

export function Settings({ slug, mayArchive, onMoved }: Props) {
  const queries = useQueryClient()
  const queryKey = ['tournament', slug]
  const tournament = useQuery({
    queryKey,
    queryFn: () => must(api.GET('/api/tournament/{which}', { params: { path: { which: slug } } })),
  })
  const save = useMutation({
    mutationFn: (wanted: Wanted) =>
      must(
        api.PATCH('/api/tournament/{which}', {
          params: { path: { which: slug } },
          body: tournament.data ? changed(tournament.data, wanted) : {},
        }),
      ),
    onSuccess: async (saved) => {
      queries.setQueryData(['tournament', saved.slug], saved)
      queries.invalidateQueries({ queryKey: ['tournaments'] })
      await refreshMe()
      if (saved.slug !== slug) onMoved(saved.slug)
    },
  })
  return (
    <main className={styles.main}>
      <h1>Settings</h1>
      {tournament.isPending && <Loading what="the settings" />}
      <FailedToLoad error={tournament.error} onRetry={() => tournament.refetch()} />
      {tournament.data?.discarded && !tournament.data.archived && (
        <Note tone="warn" icon="clock" title="This tournament is being thrown away.">
          Everybody is refunded; then it is archived.
        </Note>
      )}
      {tournament.data?.archived && (
        <Note tone="plain" icon="clock" title="This tournament is archived.">
          It is read, and no longer changed; withdrawals are still paid.
        </Note>
      )}
      {tournament.data && !tournament.data.archived && (
        <>
          <TournamentForm
            before={tournament.data}
            action={save.isPending ? 'Saving…' : 'Save'}
            error={save.error}
            isPending={save.isPending}
            onWanted={(wanted) => save.mutate(wanted)}
          >
            <div role="status">{save.isSuccess && <Note tone="good" icon="check" title="Saved." />}</div>
          </TournamentForm>
          <Deductions key={tournament.data.id} tournament={tournament.data} />
          <Sandbox key={`sandbox ${tournament.data.id}`} tournament={tournament.data} isAdmin={mayArchive} />
        </>
      )}
      {tournament.data && mayArchive && <Copy key={slug} tournament={tournament.data} />}
      {tournament.data && !tournament.data.archived && (
        <Archive tournament={tournament.data} mayArchive={mayArchive} />
      )}
    </main>
  )
}

function Archive({ tournament, mayArchive }: { tournament: Tournament; mayArchive: boolean }) {
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const archive = useMutation({
    mutationFn: () =>
      must(api.DELETE('/api/tournament/{which}', { params: { path: { which: tournament.slug } } })),
    onSuccess: async () => {
      setAsking(false)
      queries.invalidateQueries({ queryKey: ['tournament', tournament.slug] })
      queries.invalidateQueries({ queryKey: ['tournaments'] })
      await refreshMe()
    },
  })
  return (
    <Panel title="Archive">
      <p>
        An archived tournament is no longer listed. Nobody can bet, join or change anything in it. Its board,
        bets and statements can still be read, and withdrawals are still paid.
      </p>
      {mayArchive ? (
        <Button look="danger" onClick={() => setAsking(true)}>
          Archive…
        </Button>
      ) : (
        <p>An administrator can do this.</p>
      )}
      {isAsking && (
        <Confirm
          title={`Archive ${tournament.name}?`}
          action="Archive it for good"
          isDanger
          isPending={archive.isPending}
          error={archive.error}
          onConfirm={() => archive.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>
            It cannot be opened again. Bets have to be settled first, and markets closed. What is in wallets
            can still be paid out at the desk.
          </p>
        </Confirm>
      )}
    </Panel>
  )
}
