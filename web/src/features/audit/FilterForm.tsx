/** What of the log is wanted. Nothing is asked for until it is sent; then it stands in the address. */

import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { Button } from '@/shared/ui/Button'
import { Field, SelectField } from '@/shared/ui/Field'
import { label } from '@/shared/words'
import styles from './Audit.module.css'
import { type Auditable, countOf, type Filters, fieldOf, utcOf } from './filters'

interface Props {
  filters: Filters
  tournaments: readonly Auditable[]
  mayAll: boolean
  error: unknown
  onFilters: (filters: Filters) => void
}

export function FilterForm({ filters, tournaments, mayAll, error, onFilters }: Props) {
  const [draft, setDraft] = useState({
    user: filters.user ?? '',
    action: filters.action ?? '',
    subject: filters.subject ?? '',
    from: fieldOf(filters.from),
    to: fieldOf(filters.to),
    moment: fieldOf(/^\d+$/.test(filters.as_of ?? '') ? undefined : filters.as_of),
  })
  const actions = useQuery({
    queryKey: ['audit actions', filters.tournament],
    enabled: mayAll || filters.tournament !== undefined,
    queryFn: () =>
      must(api.GET('/api/audit/action', { params: { query: { tournament: filters.tournament } } })),
    staleTime: 60_000,
  })
  const listId = useId()
  const known = actions.data?.items ?? []
  const kinds = [...new Set(known.map((name) => `${name.split('.')[0]}.`))]
  const wrong = (name: string) => (error instanceof Problem ? error.of(name) : undefined)
  const set = (name: keyof typeof draft) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [name]: event.target.value })
  const isReversed = draft.from !== '' && draft.to !== '' && draft.from >= draft.to

  function show(event: FormEvent) {
    event.preventDefault()
    if (isReversed) return
    onFilters({
      tournament: filters.tournament,
      user: draft.user.trim() || undefined,
      action: draft.action.trim() || undefined,
      subject: draft.subject.trim() || undefined,
      from: utcOf(draft.from),
      to: utcOf(draft.to),
      as_of: utcOf(draft.moment) ?? (/^\d+$/.test(filters.as_of ?? '') ? filters.as_of : undefined),
    })
  }

  return (
    <form className={styles.filters} onSubmit={show} aria-label="Filters">
      <SelectField
        label="Tournament"
        value={filters.tournament ?? ''}
        options={[
          ...(mayAll ? [{ value: '', label: 'All tournaments' }] : []),
          ...tournaments.map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
        onChange={(event) =>
          onFilters({ ...filters, tournament: event.target.value ? Number(event.target.value) : undefined })
        }
      />
      <Field
        label="Who, by name or number"
        value={draft.user}
        maxLength={NAME_LENGTH_MAX}
        wrong={wrong('user')}
        onChange={set('user')}
      />
      <Field
        label="Action"
        list={listId}
        placeholder="bet.refused, market."
        value={draft.action}
        maxLength={NAME_LENGTH_MAX}
        wrong={wrong('action')}
        onChange={set('action')}
      />
      <datalist id={listId}>
        {[...kinds, ...known].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field
        label={label('subject')}
        placeholder="market:42"
        value={draft.subject}
        maxLength={NAME_LENGTH_MAX}
        wrong={wrong('subject')}
        onChange={set('subject')}
      />
      <Field
        label="From, UTC"
        type="datetime-local"
        step={1}
        value={draft.from}
        wrong={wrong('from')}
        onChange={set('from')}
      />
      <Field
        label="To, UTC"
        type="datetime-local"
        step={1}
        value={draft.to}
        wrong={isReversed ? 'This is not after “From”.' : wrong('to')}
        onChange={set('to')}
      />
      <Field
        label="As it stood at, UTC"
        type="datetime-local"
        step={1}
        value={draft.moment}
        wrong={wrong('as_of')}
        onChange={set('moment')}
      />
      <div className={styles.buttons}>
        <Button type="submit">Show entries</Button>
        {countOf(filters) > 0 && (
          <Button
            look="plain"
            onClick={() => onFilters({ tournament: filters.tournament, as_of: filters.as_of })}
          >
            Clear
          </Button>
        )}
      </div>
    </form>
  )
}
