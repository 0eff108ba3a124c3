/** In a sandbox: how much is bet by nobody, starting anew, and throwing it all away. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Tournament } from '@/api/types'
import { SIMULATED_PER_MIN_MAX } from '@/shared/bounds'
import { momentOf } from '@/shared/inputTimes'
import { serverQuery } from '@/shared/server'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { isPoints } from './choices'
import { FirstAt } from './FirstAt'
import styles from './tournament.module.css'

/** After a trial its points are thrown away by an administrator, also where the server is no sandbox any more. */
export function Sandbox({ tournament, isAdmin }: { tournament: Tournament; isAdmin: boolean }) {
  const server = useQuery(serverQuery)
  const isSandbox = server.data?.sandbox ?? false
  if (tournament.discarded || !(isSandbox || (isAdmin && isPoints(tournament.currency)))) return null
  return (
    <Panel title={isSandbox ? 'Sandbox' : 'Played for points'}>
      {isSandbox && <Simulated tournament={tournament} />}
      <Anew tournament={tournament} mayReset={isSandbox} />
    </Panel>
  )
}

function Simulated({ tournament }: { tournament: Tournament }) {
  const queries = useQueryClient()
  const [text, setText] = useState(String(tournament.simulated_per_min))
  const rate = /^\d{1,3}$/.test(text.trim()) ? Number(text) : null
  const isBound = rate !== null && rate <= SIMULATED_PER_MIN_MAX
  const save = useMutation({
    mutationFn: (simulated_per_min: number) =>
      must(
        api.PATCH('/api/tournament/{which}', {
          params: { path: { which: tournament.slug } },
          body: { simulated_per_min },
        }),
      ),
    onSuccess: (saved) => queries.setQueryData(['tournament', saved.slug], saved),
  })
  return (
    <form
      className={styles.table}
      onSubmit={(event) => {
        event.preventDefault()
        if (rate !== null && isBound) save.mutate(rate)
      }}
    >
      <Field
        label="Simulated bets a minute"
        inputMode="numeric"
        maxLength={3}
        hint="Simulated bettors join with the points that everybody gets, and bet on what is open. 0: nobody does."
        wrong={isBound ? undefined : `A whole number from 0 to ${SIMULATED_PER_MIN_MAX}.`}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          save.reset()
        }}
      />
      <Failure error={save.error} />
      <div role="status">{save.isSuccess && <Note tone="good" icon="check" title="Saved." />}</div>
      <div className={styles.decide}>
        <Button type="submit" disabled={!isBound || rate === tournament.simulated_per_min || save.isPending}>
          {save.isPending ? 'Saving…' : 'Save the rate'}
        </Button>
      </div>
    </form>
  )
}

type Asking = 'reset' | 'discard' | null

function Anew({ tournament, mayReset }: { tournament: Tournament; mayReset: boolean }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Asking>(null)
  const [firstAt, setFirstAt] = useState('')
  const path = { params: { path: { which: tournament.slug } } }
  const done = async () => {
    setAsking(null)
    queries.invalidateQueries({ queryKey: ['tournament'] })
    queries.invalidateQueries({ queryKey: ['tournaments'] })
    await refreshMe()
  }
  const reset = useMutation({
    mutationFn: () =>
      must(api.POST('/api/tournament/{which}/reset', { ...path, body: { starts_at: momentOf(firstAt) } })),
    onSuccess: async () => {
      await done()
      // The address is the same, and what it leads to is another tournament: the feed and all of the desk begin anew.
      location.assign(`/org/t/${tournament.slug}`)
    },
  })
  const discard = useMutation({
    mutationFn: () => must(api.POST('/api/tournament/{which}/discard', path)),
    onSuccess: async () => {
      await done()
      location.assign('/')
    },
  })
  return (
    <>
      <div className={styles.decide}>
        {mayReset && (
          <Button look="plain" onClick={() => setAsking('reset')}>
            Start anew…
          </Button>
        )}
        <Button look="danger" onClick={() => setAsking('discard')}>
          Throw it away…
        </Button>
      </div>
      {asking === 'reset' && (
        <Confirm
          title={`Start ${tournament.name} anew?`}
          action="Start anew"
          isDanger
          isPending={reset.isPending}
          error={reset.error}
          onConfirm={() => reset.mutate()}
          onClose={() => setAsking(null)}
        >
          <p>
            The same matches, markets and people under the same address, without a bet, and with the points
            that are given at joining. What is open now is refunded, and all of it archived. Invitations and
            identity checks of the desk end with it: make new ones. Simulated bets go on at their rate.
          </p>
          <FirstAt text={firstAt} onText={setFirstAt} />
        </Confirm>
      )}
      {asking === 'discard' && (
        <Confirm
          title={`Throw ${tournament.name} away?`}
          action="Throw it away"
          isDanger
          isPending={discard.isPending}
          error={discard.error}
          onConfirm={() => discard.mutate()}
          onClose={() => setAsking(null)}
        >
          <p>
            What is open is refunded; then it is archived, and no longer listed. It cannot be opened again.
          </p>
        </Confirm>
      )}
    </>
  )
}
