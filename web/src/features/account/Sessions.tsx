/** Where one is signed in, and signing out there. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, must } from '@/api/client'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import styles from './account.module.css'

export function Sessions() {
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['sessions'], queryFn: () => must(api.GET('/api/session')) })
  const ending = useMutation({
    mutationFn: (id: number) =>
      must(api.DELETE('/api/session/{session_id}', { params: { path: { session_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  if (list.isPending) return <Loading what="your sessions" />
  if (!list.data) return <FailedToLoad error={list.error} onRetry={() => list.refetch()} />
  const now = Date.now()
  return (
    <>
      <ul className={styles.list}>
        {list.data.items.map(({ id, created_at, expires_at, is_this }) => (
          <li key={id} data-testid="session">
            <span>
              {is_this ? <b>This device</b> : 'Another device'}
              <small className="num">
                since {shortTime(created_at, now)}, until {shortTime(expires_at, now)}
              </small>
            </span>
            {!is_this && (
              <Button size="small" look="plain" disabled={ending.isPending} onClick={() => ending.mutate(id)}>
                Sign out there
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Failure error={ending.error} />
    </>
  )
}
