/** The same tournament once more, without what happened in it: how what was tried becomes real, or last year's this year's. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { CopiedShown, Tournament } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { momentOf } from '@/shared/inputTimes'
import { plural } from '@/shared/plural'
import { usePublicAddress } from '@/shared/publicAddress'
import { serverQuery } from '@/shared/server'
import { refreshMe } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Field, SelectField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { CURRENCIES, currencyLabel, isPoints } from './choices'
import { FirstAt } from './FirstAt'
import styles from './tournament.module.css'

export function Copy({ tournament }: { tournament: Tournament }) {
  const server = useQuery(serverQuery)
  const [name, setName] = useState(tournament.name)
  const [currency, setCurrency] = useState(tournament.currency)
  const [firstAt, setFirstAt] = useState('')
  const [invites, setInvites] = useState(true)
  const copying = useMutation({
    mutationFn: () =>
      must(
        api.POST('/api/tournament/{which}/copy', {
          params: { path: { which: tournament.slug } },
          body: { name: name.trim(), currency, starts_at: momentOf(firstAt), invite: invites },
        }),
      ),
    onSuccess: () => refreshMe(),
  })
  if (copying.data) return <Copied copied={copying.data} hasMail={server.data?.mail ?? false} />
  const currencies = server.data?.sandbox ? CURRENCIES.filter(isPoints) : CURRENCIES
  return (
    <Panel title="Copy">
      <p>
        A new tournament with these matches, markets and settings: no bet, no result, no money. From a sandbox
        it is how the real one is made; the server has to be started without <code>--sandbox</code> for that.
      </p>
      <form
        className={styles.table}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          if (name.trim() && !copying.isPending) copying.mutate()
        }}
      >
        <Field
          label="What the copy is called"
          dir="auto"
          maxLength={NAME_LENGTH_MAX}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label="Its currency"
          value={currency}
          hint={
            isPoints(tournament.currency) && !isPoints(currency)
              ? 'Stakes and limits keep their figures. It is played for money: the desk checks identities, and nobody is given anything at joining.'
              : 'Stakes and limits keep their figures.'
          }
          options={currencies.map((code) => ({ value: code, label: currencyLabel(code) }))}
          onChange={(event) => setCurrency(event.target.value)}
        />
        <FirstAt text={firstAt} onText={setFirstAt} />
        <label className={styles.check}>
          <input type="checkbox" checked={invites} onChange={(event) => setInvites(event.target.checked)} />
          <span>
            Invite its bettors again
            <small>
              Makes a code for as many as there are now
              {server.data?.mail && ', and sends it to each of them by e-mail'}.
            </small>
          </span>
        </label>
        <Failure error={copying.error} />
        <div className={styles.decide}>
          <Button type="submit" disabled={!name.trim() || copying.isPending}>
            {copying.isPending ? 'Copying…' : 'Make the copy'}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function Copied({ copied, hasMail }: { copied: CopiedShown; hasMail: boolean }) {
  const { tournament } = copied
  const { base } = usePublicAddress()
  return (
    <Panel title="Copy">
      <div className={styles.table}>
        <Note tone="good" icon="check" title="The copy is there." alert>
          {plural(copied.matches, 'match', 'matches')}, {plural(copied.markets, 'market')}, all drafts: look
          at them, then open them.
        </Note>
        {copied.promises_left > 0 && (
          <Note tone="warn" icon="warning" title="What the house had promised was not copied:">
            {plural(copied.promises_left, 'pool')} had an amount started with or guaranteed, in another
            currency.
          </Note>
        )}
        {copied.code && (
          <p>
            {plural(copied.invited, 'bettor')} can join with the code <b>{copied.code}</b>, which is shown
            only now, or at{' '}
            <a href={`${base}/join/${copied.code}`}>
              {new URL(base).host}/join/{copied.code}
            </a>
            .{' '}
            {hasMail
              ? `${plural(copied.letters, 'e-mail')} with it ${copied.letters === 1 ? 'is' : 'are'} being sent.`
              : 'Send it to them: this server sends no e-mail.'}
          </p>
        )}
        <p>
          <a href={`/org/t/${tournament.slug}`}>Go to its desk</a>
        </p>
      </div>
    </Panel>
  )
}
