/** Everybody with an account on this server, for admins: blocked or not, admin or not, identity for the whole server. */

import { useState } from 'react'
import { api, must } from '@/api/client'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { More, usePaged } from '@/shared/ui/Paged'
import { Empty, FailedToLoad, Loading } from '@/shared/ui/States'
import { useSettled } from '@/shared/useSettled'
import styles from './admin.module.css'
import { PersonRow } from './PersonRow'

export const EVERYBODY = ['everybody']

export function Everybody() {
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState<number | null>(null)
  const q = useSettled(typed.trim())
  const list = usePaged(
    [...EVERYBODY, q],
    (after) => must(api.GET('/api/user', { params: { query: { after, ...(q && { q }) } } })),
    { keepsRows: true, isShared: true },
  )
  return (
    <section className={styles.everybody} aria-label="Everybody with an account">
      <input
        className={styles.seek}
        type="search"
        aria-label="Find somebody by name, e-mail or number"
        placeholder="Name, e-mail or number"
        maxLength={NAME_LENGTH_MAX}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {list.isPending && <Loading what="the people" />}
      {!list.data && <FailedToLoad error={list.error} onRetry={() => list.refetch()} />}
      {list.isSuccess && list.rows.length === 0 && <Empty title={q ? 'Nobody found.' : 'Nobody yet.'} />}
      <ul className={styles.people}>
        {list.rows.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isOpen={open === person.id}
            onToggle={() => setOpen((now) => (now === person.id ? null : person.id))}
          />
        ))}
      </ul>
      <More list={list} what="people" />
    </section>
  )
}
