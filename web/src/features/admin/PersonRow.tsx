/** One person: a line, and unfolded what an admin decides about them. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api, must } from '@/api/client'
import type { Person } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { plural } from '@/shared/plural'
import { useMe } from '@/shared/session'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { Reason } from '@/shared/ui/Reason'
import { KYC_WORDS, wordOf } from '@/shared/words'
import styles from './admin.module.css'
import { EVERYBODY } from './Everybody'

interface Props {
  person: Person
  isOpen: boolean
  onToggle: () => void
}

export function PersonRow({ person, isOpen, onToggle }: Props) {
  const id = useId()
  return (
    <li className={styles.person} data-testid="person" data-user={person.id}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={onToggle}
      >
        <span>
          <bdi>{person.name}</bdi>
          <small>
            <span className="num">#{person.id}</span>
            {person.email && `, ${person.email}`}, in {plural(person.tournaments, 'tournament')}
          </small>
        </span>
        <span className={styles.marks}>
          {person.blocked && <b data-bad>Blocked</b>}
          {person.admin && <b>Administrator</b>}
          {wordOf(KYC_WORDS, person.kyc)}
        </span>
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <PersonPanel person={person} />}
      </div>
    </li>
  )
}

type Right = 'blocked' | 'admin'

const ACTIONS: Record<Right, { on: string; off: string; means: (name: string) => [string, string] }> = {
  blocked: {
    on: 'Block',
    off: 'Unblock',
    means: (name) => [
      `${name} cannot bet, join or work at a desk until somebody unblocks them. Open bets are paid. Invitations they made end.`,
      `${name} can bet and work again as before.`,
    ],
  },
  admin: {
    on: 'Make an administrator',
    off: 'No longer an administrator',
    means: (name) => [
      `${name} may do everything on this server, in every tournament.`,
      `${name} keeps the roles they have in tournaments. Invitations they made as an administrator end.`,
    ],
  },
}

function PersonPanel({ person }: { person: Person }) {
  const me = useMe()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Right | null>(null)
  const [reason, setReason] = useState('')
  const change = useMutation({
    mutationFn: (right: Right) =>
      must(
        api.PATCH('/api/user/{user_id}', {
          params: { path: { user_id: person.id } },
          body: { [right]: !person[right], reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      setAsking(null)
      setReason('')
      queries.invalidateQueries({ queryKey: EVERYBODY })
    },
  })
  if (me?.id === person.id)
    return <p className={styles.panel}>This is you: another administrator decides about your account.</p>
  const [on, off] = asking ? ACTIONS[asking].means(person.name) : ['', '']
  const isOn = asking !== null && person[asking]
  const action = asking ? (isOn ? ACTIONS[asking].off : ACTIONS[asking].on) : ''
  return (
    <div className={styles.panel}>
      {person.excluded_until && (
        <p>Takes a break from betting until {shortTime(person.excluded_until, Date.now())}.</p>
      )}
      <Identity person={person} />
      <div className={styles.buttons}>
        {(['blocked', 'admin'] as const).map((right) => (
          <Button
            key={right}
            size="small"
            look={right === 'blocked' && !person.blocked ? 'danger' : 'plain'}
            onClick={() => setAsking(right)}
          >
            {person[right] ? ACTIONS[right].off : ACTIONS[right].on}…
          </Button>
        ))}
      </div>
      {asking && (
        <Confirm
          title={`${action}: ${person.name}`}
          action={action}
          isDanger={!isOn}
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => reason.trim() && change.mutate(asking)}
          onClose={() => setAsking(null)}
        >
          <p>{isOn ? off : on}</p>
          <Reason value={reason} onValue={setReason} />
        </Confirm>
      )}
    </div>
  )
}

function Identity({ person }: { person: Person }) {
  const queries = useQueryClient()
  const [seen, setSeen] = useState('')
  const decide = useMutation({
    mutationFn: (decision: 'verified' | 'declined') =>
      must(
        api.POST('/api/user/{user_id}/kyc', {
          params: { path: { user_id: person.id } },
          body: { document: seen.trim(), decision },
        }),
      ),
    onSuccess: () => {
      setSeen('')
      queries.invalidateQueries({ queryKey: EVERYBODY })
    },
  })
  const isOff = seen.trim() === '' || decide.isPending
  return (
    <form
      className={styles.form}
      aria-label="Decide about the identity"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isOff) decide.mutate('verified')
      }}
    >
      <Field
        label="Document seen"
        hint="It counts in every tournament where no desk has decided; a decline counts everywhere."
        value={seen}
        maxLength={NAME_LENGTH_MAX}
        onChange={(event) => setSeen(event.target.value)}
      />
      <Failure error={decide.error} />
      <div className={styles.buttons}>
        <Button type="submit" size="small" look="plain" disabled={isOff}>
          Verify everywhere
        </Button>
        <Button size="small" look="danger" disabled={isOff} onClick={() => decide.mutate('declined')}>
          Decline everywhere
        </Button>
      </div>
    </form>
  )
}
