/** Signing in and registering. */

import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Me } from '@/api/types'
import { signedIn } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import styles from './people.module.css'

const PASSWORD_MIN = 8

interface Entry {
  name: string
  email: string
  password: string
}

function useEntering(ask: (entry: Entry) => Promise<Me>, onDone: () => void) {
  const entering = useMutation({
    mutationFn: ask,
    onSuccess: (me) => {
      signedIn(me)
      onDone()
    },
  })
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '')
    entering.mutate({ name: text('name').trim(), email: text('email').trim(), password: text('password') })
  }
  const wrong = (field: string) => (entering.error instanceof Problem ? entering.error.of(field) : undefined)
  const isAtField = ['name', 'email', 'password'].some(wrong)
  return { onSubmit, wrong, error: isAtField ? null : entering.error, isPending: entering.isPending }
}

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { onSubmit, wrong, error, isPending } = useEntering(
    ({ email, password }) => must(api.POST('/api/session', { body: { email, password } })),
    onDone,
  )
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        wrong={wrong('email')}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        wrong={wrong('password')}
      />
      <Failure error={error} />
      <Button type="submit" disabled={isPending}>
        Sign in
      </Button>
    </form>
  )
}

export function RegisterForm({ onDone }: { onDone: () => void }) {
  const { onSubmit, wrong, error, isPending } = useEntering(
    (entry) => must(api.POST('/api/user', { body: entry })),
    onDone,
  )
  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <Field label="Name" name="name" autoComplete="name" required maxLength={100} wrong={wrong('name')} />
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        wrong={wrong('email')}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_MIN}
        hint={`At least ${PASSWORD_MIN} characters; a sentence is best.`}
        wrong={wrong('password')}
      />
      <Failure error={error} />
      <Button type="submit" disabled={isPending}>
        Register
      </Button>
    </form>
  )
}
