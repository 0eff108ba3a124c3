/** Signing in and registering. */

import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Note } from '@/shared/ui/Note'
import { type Entry, PASSWORD_MIN, wrongRegistration, wrongSignIn } from './entry'
import styles from './people.module.css'
import { useEntering } from './useEntering'

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: wrongSignIn,
    ask: ({ email, password }) => must(api.POST('/api/session', { body: { email, password } })),
    onDone,
  })
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
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
      {said}
      <Button type="submit" disabled={isOff}>
        Sign in
      </Button>
    </form>
  )
}

interface RegisterProps {
  /** What the button does, where registering is not all. */
  action?: string
  /** The code they came with: a whole hall may register with it from one address. */
  invitation?: string | undefined
  onDone: () => void
}

export function RegisterForm({ action = 'Register', invitation, onDone }: RegisterProps) {
  // Where the server sends a code first, what was typed waits for it.
  const [sent, setSent] = useState<Entry | null>(null)
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: wrongRegistration,
    ask: async (entry) => {
      const { name, email, password } = entry
      const me: Me | undefined = await must(
        api.POST('/api/user', { body: { name, email, password, invitation: invitation ?? null } }),
      )
      if (!me) setSent(entry)
      return me
    },
    onDone,
  })
  if (sent) return <ConfirmForm sent={sent} onDone={onDone} />
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Field label="Name" name="name" autoComplete="name" required wrong={wrong('name')} />
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
        hint={`At least ${PASSWORD_MIN} characters; longer is safer.`}
        wrong={wrong('password')}
      />
      {said}
      <Button type="submit" disabled={isOff}>
        {action}
      </Button>
    </form>
  )
}

/** The code that was sent to the address; with it the password that was typed counts. */
function ConfirmForm({ sent, onDone }: { sent: Entry; onDone: () => void }) {
  const { onSubmit, wrong, said, isOff } = useEntering({
    check: ({ code }) => ({ code: code === '' ? 'The code is missing.' : undefined }),
    ask: ({ code }) => must(api.POST('/api/password', { body: { code, password: sent.password } })),
    onDone,
  })
  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Note tone="good" icon="check" title="We sent you a code.">
        It is in an e-mail to <bdi>{sent.email}</bdi>, and works for one hour.
      </Note>
      <Field label="Code" name="code" autoComplete="one-time-code" autoFocus required wrong={wrong('code')} />
      {said}
      <Button type="submit" disabled={isOff}>
        Confirm
      </Button>
    </form>
  )
}
