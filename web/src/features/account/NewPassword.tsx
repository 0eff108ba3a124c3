/** Another password, with the one of now; every other device is signed out by it. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import styles from './account.module.css'

import { saidAtPassword } from './currentPassword'

const FIELDS = ['new_password'] as const

export function NewPassword() {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [fresh, setFresh] = useState('')
  const saving = useMutation({
    mutationFn: () => must(api.PATCH('/api/me', { body: { password, new_password: fresh } })),
    onSuccess: () => {
      setPassword('')
      setFresh('')
      queries.invalidateQueries({ queryKey: ['sessions'] })
      queries.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (password && fresh) saving.mutate()
      }}
    >
      <Field
        label="Current password"
        type="password"
        autoComplete="current-password"
        value={password}
        wrong={saidAtPassword(saving.error)}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters; longer is safer. Every other device is signed out, and tokens end."
        value={fresh}
        wrong={wrongOf(saving.error, FIELDS).new_password}
        onChange={(event) => setFresh(event.target.value)}
      />
      {hasNoField(saving.error, FIELDS) && !saidAtPassword(saving.error) && <Failure error={saving.error} />}
      <div role="status">
        {saving.isSuccess && fresh === '' && (
          <Note tone="good" icon="check" title="The password is changed." />
        )}
      </div>
      <Button type="submit" disabled={!password || !fresh || saving.isPending}>
        {saving.isPending ? 'Changing…' : 'Change the password'}
      </Button>
    </form>
  )
}
