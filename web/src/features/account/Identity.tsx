/** How one is called and where one is reached; another address takes the password. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import { signedIn } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import styles from './account.module.css'

const FIELDS = ['name', 'email', 'password'] as const

export function Identity({ me }: { me: Me }) {
  const [name, setName] = useState(me.name)
  const [email, setEmail] = useState(me.email)
  const [password, setPassword] = useState('')
  const isOtherEmail = email.trim().toLowerCase() !== me.email
  const isChanged = isOtherEmail || (name.trim() !== me.name && name.trim() !== '')
  const saving = useMutation({
    mutationFn: () =>
      must(
        api.PATCH('/api/me', {
          body: {
            ...(name.trim() !== me.name && { name: name.trim() }),
            ...(isOtherEmail && { email: email.trim(), password }),
          },
        }),
      ),
    onSuccess: (saved) => {
      signedIn(saved)
      setPassword('')
      setEmail(saved.email)
      setName(saved.name)
    },
  })
  const wrong = wrongOf(saving.error, FIELDS)
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged) saving.mutate()
      }}
    >
      <Field
        label="Name"
        autoComplete="name"
        dir="auto"
        value={name}
        wrong={wrong.name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="E-mail"
        type="email"
        autoComplete="username"
        value={email}
        wrong={wrong.email}
        onChange={(event) => setEmail(event.target.value)}
      />
      {isOtherEmail && (
        <Field
          label="Your password"
          type="password"
          autoComplete="current-password"
          hint="With another address, you sign in with it from then on."
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
      {hasNoField(saving.error, FIELDS) && <Failure error={saving.error} />}
      <div role="status">
        {saving.isSuccess && !isChanged && <Note tone="good" icon="check" title="Saved." />}
      </div>
      <Button type="submit" disabled={!isChanged || saving.isPending || (isOtherEmail && password === '')}>
        {saving.isPending ? 'Saving…' : 'Save'}
      </Button>
    </form>
  )
}
