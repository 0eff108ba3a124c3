/** Tokens with which one's scripts ask the API: made, shown once, revoked. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import styles from './account.module.css'

const DAYS = 30

export function Tokens() {
  const queries = useQueryClient()
  const [label, setLabel] = useState('')
  const list = useQuery({ queryKey: ['tokens'], queryFn: () => must(api.GET('/api/token')) })
  const refresh = () => queries.invalidateQueries({ queryKey: ['tokens'] })
  const making = useMutation({
    mutationFn: () => must(api.POST('/api/token', { body: { label: label.trim(), days: DAYS } })),
    onSuccess: () => {
      setLabel('')
      refresh()
    },
  })
  const revoking = useMutation({
    mutationFn: (id: number) =>
      must(api.DELETE('/api/token/{token_id}', { params: { path: { token_id: id } } })),
    onSettled: refresh,
  })
  if (list.isPending) return <Loading what="your tokens" />
  if (!list.data) return <FailedToLoad error={list.error} onRetry={() => list.refetch()} />
  const now = Date.now()
  return (
    <>
      <p>A script asks the API with a token instead of your password. Most people need none.</p>
      <ul className={styles.list}>
        {list.data.items.map((token) => (
          <li key={token.id} data-testid="token">
            <span>
              <bdi>{token.label}</bdi>
              <small className="num">until {shortTime(token.expires_at, now)}</small>
            </span>
            <Button
              size="small"
              look="plain"
              disabled={revoking.isPending}
              onClick={() => revoking.mutate(token.id)}
            >
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      {making.data && (
        <Note tone="good" icon="check" title="Copy it now: it cannot be shown again.">
          <code className={styles.secret}>{making.data.token}</code>
        </Note>
      )}
      <Failure error={making.error ?? revoking.error} />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (label.trim()) making.mutate()
        }}
      >
        <Field
          label="Name of a new token"
          hint={`Such as what it is for. It works for ${DAYS} days.`}
          value={label}
          maxLength={80}
          onChange={(event) => setLabel(event.target.value)}
        />
        <Button type="submit" look="plain" disabled={!label.trim() || making.isPending}>
          {making.isPending ? 'Creating…' : 'Create token'}
        </Button>
      </form>
    </>
  )
}
